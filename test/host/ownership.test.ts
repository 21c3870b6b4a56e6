// Files and folders of another user: needs root, who alone can give them away.
import { chown, mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

import { ensurePrivateDir, readLimited } from "../../src/platform/files.ts";
import { temporaryFolder } from "../fixtures/temporary-folder.ts";
import { userErrorOf } from "../fixtures/user-error.ts";

const STRANGER = 54_321;

describe("another user's", () => {
  it("file is not read", async () => {
    const path = join(await temporaryFolder(), "config.yaml");
    await writeFile(path, "x", { mode: 0o600 });
    await chown(path, STRANGER, STRANGER);
    const error = await userErrorOf(readLimited(path, { maxBytes: 10, what: "config" }));
    expect(error).toMatchObject({ exit: "security" });
    expect(error.message).toContain(`belongs to user id ${STRANGER}`);
  });

  it("home gets no folder of ours", async () => {
    const home = join(await temporaryFolder(), "home");
    await mkdir(home);
    await chown(home, STRANGER, STRANGER);
    const error = await userErrorOf(ensurePrivateDir(join(home, ".kubiya")));
    expect(error).toMatchObject({ exit: "security" });
    expect(await readdir(home)).toEqual([]);
  });
});
