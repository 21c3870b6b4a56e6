import { chmod, mkdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

import { UserError } from "../../src/core/errors.ts";
import { parseInstanceName } from "../../src/state/instance-name.ts";
import { instancePaths } from "../../src/state/paths.ts";
import { ensureSocketDir } from "../../src/state/socket-dir.ts";
import { temporaryFolder } from "../fixtures/temporary-folder.ts";
import { userErrorOf } from "../fixtures/user-error.ts";

const PLACE = { source: "--queue-id" };

describe("parseInstanceName", () => {
  it.each(["a", "0", "my-queue", "My.Queue_1", "a".repeat(64), "CON", "3f2a-b"])(
    "accepts %s",
    (name) => {
      expect(parseInstanceName(name, "queue id", PLACE)).toBe(name);
    },
  );

  it.each([
    ["", "is empty"],
    [".", "does not begin and end"],
    ["..", "contains `..`"],
    ["a..b", "contains `..`"],
    ["../x", "contains `..`"],
    ["a/b", 'contains "/" at character 2'],
    ["a\\b", "contains"],
    ["a\0b", String.raw`contains "\u0000"`],
    ["a\n", String.raw`contains "\n" at character 2`],
    ["-a", "does not begin and end"],
    ["a.", "does not begin and end"],
    ["~", "contains"],
    ["a b", 'contains " "'],
    ["\u00e9", "contains"],
    ["e\u0301", "contains"],
    ["\u{1f600}", 'contains "\u{1f600}" at character 1'],
    ["a".repeat(65), "has 65 characters"],
  ])("refuses %j", (name, message) => {
    const parse = () => parseInstanceName(name, "queue id", PLACE);
    expect(parse).toThrow(UserError);
    expect(parse).toThrow(message);
  });
});

describe("instancePaths", () => {
  it("has every file where the documentation says", () => {
    const { socketDirs, ...paths } = instancePaths("/h/.kubiya", "q1", {});
    expect(paths).toEqual({
      dir: "/h/.kubiya/workers/q1",
      configCopy: "/h/.kubiya/workers/q1/litellm_config.yaml",
      configsDir: "/h/.kubiya/workers/q1/configs",
      proxyLog: "/h/.kubiya/workers/q1/litellm_proxy.log",
      logsDir: "/h/.kubiya/workers/q1/logs",
      workerLog: "/h/.kubiya/workers/q1/logs/worker.log",
      venvBin: "/h/.kubiya/workers/q1/venv/bin",
      record: "/h/.kubiya/workers/q1/instance.json",
      lock: "/h/.kubiya/workers/q1/lock",
      ownLog: "/h/.kubiya/workers/q1/logs/sidelite.log",
      cwd: "/h/.kubiya/workers/q1/cwd",
    });
    expect(socketDirs).toHaveLength(1);
  });

  it("prefers the session's folder for sockets, and keeps every path short", () => {
    const env = { XDG_RUNTIME_DIR: "/run/user/1000", TMPDIR: "/var/tmp" };
    const [first, second, third] = instancePaths("/h/.kubiya", "q1", env).socketDirs;
    expect(first).toMatch(/^\/run\/user\/1000\/sidelite\/[0-9a-f]{12}$/);
    expect(second).toMatch(/^\/var\/tmp\/sidelite-\d+\/[0-9a-f]{12}$/);
    expect(third).toMatch(/^\/tmp\/sidelite-\d+\/[0-9a-f]{12}$/);
    const long = { XDG_RUNTIME_DIR: `/${"x".repeat(60)}`, TMPDIR: "relative" };
    expect(instancePaths("/h/.kubiya", "q1", long).socketDirs).toEqual([third]);
    expect(instancePaths("/other/.kubiya", "q1", {}).socketDirs).not.toEqual([third]);
  });
});

describe("ensureSocketDir", () => {
  it("takes the first folder that it can make private", async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, "file"), "");
    const good = join(folder, "run", "abc");
    expect(await ensureSocketDir([join(folder, "file", "abc"), good])).toBe(good);
    expect((await stat(good)).mode & 0o777).toBe(0o700);
    expect((await stat(join(folder, "run"))).mode & 0o777).toBe(0o700);
  });

  it("tells every reason when there is none", async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, "shared"));
    await chmod(join(folder, "shared"), 0o777);
    const error = await userErrorOf(ensureSocketDir([join(folder, "shared", "a", "b")]));
    expect(error).toMatchObject({ exit: "security" });
    expect(error.problems.map(({ message }) => message)).toEqual([
      "there is no private folder for sidelite's sockets",
      "anyone on this machine may change it",
    ]);
  });
});
