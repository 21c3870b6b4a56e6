import { link, mkdir, rename, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

import { perlLock, pythonLock } from "../../src/platform/lock-helpers.ts";
import { acquireLock } from "../../src/platform/lock.ts";
import { linux } from "../../src/platform/os-linux.ts";
import { temporaryFolder } from "../fixtures/temporary-folder.ts";
import { userErrorOf } from "../fixtures/user-error.ts";

const [flock] = linux.lockHelpers;

async function lockPath(): Promise<string> {
  return join(await temporaryFolder(), "lock");
}

describe("acquireLock", () => {
  it("has one winner of many and lets the next one in after the release", async () => {
    const path = await lockPath();
    const locks = await Promise.all(Array.from({ length: 20 }, () => acquireLock(path)));
    const [winner, ...more] = locks.filter((lock) => lock !== null);
    expect(more).toEqual([]);
    await winner?.release();
    const next = await acquireLock(path);
    expect(next).not.toBeNull();
    await next?.release();
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it("waits when asked to, until it is free or no longer wanted", async () => {
    const path = await lockPath();
    const first = await acquireLock(path);
    const abort = new AbortController();
    const given = acquireLock(path, { wait: true, signal: abort.signal });
    const second = acquireLock(path, { wait: true });
    abort.abort(new Error("not wanted"));
    await expect(given).rejects.toThrow(/not wanted|aborted/);
    await first?.release();
    const lock = await second;
    expect(lock).not.toBeNull();
    await lock?.release();
  });

  // macOS and small containers have no flock program; what stands in for it locks against the same lock.
  it.each([
    ["perl", perlLock],
    ["python3", pythonLock],
  ])("locks with %s as with flock", async (_, helper) => {
    const path = await lockPath();
    const lock = await acquireLock(path, {
      helpers: [{ file: "no-such-program", args: [] }, helper],
    });
    expect(lock).not.toBeNull();
    expect(await acquireLock(path, { helpers: flock === undefined ? [] : [flock] })).toBeNull();
    expect(await acquireLock(path, { helpers: [helper] })).toBeNull();
    await lock?.release();
    const again = await acquireLock(path, { helpers: [helper] });
    expect(again).not.toBeNull();
    await again?.release();
  });

  it("says what is missing when no helper works", async () => {
    const helpers = [
      { file: "no-such-program", args: [] },
      { file: "sh", args: ["-c", "exit 2"] },
    ];
    const error = await userErrorOf(acquireLock(await lockPath(), { helpers }));
    expect(error).toMatchObject({ exit: "machine" });
    expect(error.message).toContain("none of no-such-program, sh could");
  });

  it("is not fooled by a folder that was made anew: both holders would have a lock", async () => {
    const folder = join(await temporaryFolder(), "queue");
    await mkdir(folder);
    const path = join(folder, "lock");
    const first = await acquireLock(path);
    await rename(folder, `${folder}.old`);
    await mkdir(folder);
    const second = await acquireLock(path);
    expect(second).not.toBeNull();
    expect(await acquireLock(path)).toBeNull();
    await first?.release();
    await second?.release();
  });

  it("follows no link and locks nothing that is not ours", async () => {
    const path = await lockPath();
    await writeFile(`${path}.victim`, "precious");
    await symlink(`${path}.victim`, path);
    expect(await userErrorOf(acquireLock(path))).toMatchObject({ exit: "security" });
    await link(`${path}.victim`, `${path}.hard`);
    expect(await userErrorOf(acquireLock(`${path}.hard`))).toMatchObject({ exit: "security" });
    await mkdir(`${path}.folder`);
    expect(await userErrorOf(acquireLock(`${path}.folder`))).toMatchObject({ exit: "machine" });
  });
});
