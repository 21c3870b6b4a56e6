import { spawnSync } from "node:child_process";
import { chmod, lstat, mkdir, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { os } from "../../src/platform/os.ts";
import { findRuntime } from "../../src/runtime/find-runtime.ts";
import { markInUse, readInUse } from "../../src/runtime/in-use.ts";
import { listRuntimes } from "../../src/runtime/list.ts";
import { readLock } from "../../src/runtime/lock-file.ts";
import { writeMark } from "../../src/runtime/mark.ts";
import { pruneRuntimes } from "../../src/runtime/prune.ts";
import { failure } from "./failure.ts";
import { keepReport } from "./silent-report.ts";
import { useTemporary } from "./temporary-folder.ts";

const OLD = "litellm-1.100.0-aaaaaaaaaaaa";
const USED = "kubiya-worker-1.0.1-bbbbbbbbbbbb";
const { signal } = new AbortController();

/** A folder that looks like a complete runtime. */
async function plant(runtimesDir: string, id: string): Promise<string> {
  const dir = join(runtimesDir, id);
  await mkdir(join(dir, "bin"), { recursive: true, mode: 0o700 });
  await symlink(process.execPath, join(dir, "bin/python"));
  const facts = { recordsDigest: "d", packages: 3, bytes: 7, python: "3.11.7", installer: "uv 1" };
  await writeMark(dir, { schemaVersion: 1, id, ...facts, installedAt: "2026-11-20T00:00:00Z" });
  return dir;
}

describe("a runtime in use", () => {
  it("is known until it is released", async () => {
    const { path } = await useTemporary();
    const [first, second] = [await markInUse(path, OLD), await markInUse(path, OLD)];
    expect([...(await readInUse(path))]).toEqual([OLD]);
    await first();
    expect([...(await readInUse(path))]).toEqual([OLD]);
    await second();
    expect([...(await readInUse(path))]).toEqual([]);
    expect(await readdir(join(path, ".in-use"))).toEqual([]);
  });

  it("is free when its process has ended, also when another one has the pid", async () => {
    const { path } = await useTemporary();
    await markInUse(path, OLD);
    const [own = ""] = await readdir(join(path, ".in-use"));
    const identity = await os.identify(process.pid);
    const ended = spawnSync("true").pid;
    const names = [
      own.replace(`@${process.pid}@`, `@${ended}@`),
      own.replace(`@${identity?.startTime ?? ""}@`, "@1@"),
      own.replace(OLD, USED).replace(identity?.bootId ?? "", "another-boot"),
      "no mark of ours",
      "%zz",
    ];
    for (const name of names) await writeFile(join(path, ".in-use", name), "");
    expect(names.every((name) => name !== own)).toBe(true);
    expect([...(await readInUse(path))]).toEqual([OLD]);
    expect(await readdir(join(path, ".in-use"))).toEqual([own]);
  });
});

describe("list and prune", () => {
  it("keep what a lock names and what is used, and remove the rest", async () => {
    const { path } = await useTemporary();
    const { id: current } = await readLock("litellm");
    for (const id of [current, OLD, USED]) await plant(path, id);
    await mkdir(join(path, "kubiya-worker-1.0.0-cccccccccccc/lib"), { recursive: true });
    await mkdir(join(path, "venv.tmp-0123.litellm/lib"), { recursive: true });
    await mkdir(join(path, "not-ours"));
    const release = await markInUse(path, USED);

    const listed = await listRuntimes(path);
    expect(listed.map(({ id, complete, current: is, inUse }) => [id, complete, is, inUse])).toEqual(
      [
        ["kubiya-worker-1.0.0-cccccccccccc", false, false, false],
        [USED, true, false, true],
        [OLD, true, false, false],
        [current, true, true, false],
      ],
    );
    expect(listed[1]).toMatchObject({
      kind: "kubiya-worker",
      version: "1.0.1",
      python: "3.11.7",
      bytes: 7,
    });

    const context = { runtimesDir: path, report: keepReport(), signal };
    const pruned = await pruneRuntimes(context);
    expect(pruned.removed.map(({ id }) => id)).toEqual(["kubiya-worker-1.0.0-cccccccccccc", OLD]);
    const left = async () =>
      (await readdir(path)).filter((name) => !name.startsWith(".")).toSorted();
    expect(await left()).toEqual([USED, current, "not-ours"].toSorted());
    await release();
    expect((await pruneRuntimes(context)).removed.map(({ id }) => id)).toEqual([USED]);
    expect(await left()).toEqual([current, "not-ours"].toSorted());
  });

  it("find nothing where there is no folder", async () => {
    const { path } = await useTemporary();
    expect(await listRuntimes(join(path, "none"))).toEqual([]);
  });
});

describe("the fast path", () => {
  const wanted = { kind: "litellm", version: "1.100.0", id: OLD } as const;

  it("finds a marked runtime in a few milliseconds", async () => {
    const { path } = await useTemporary();
    const dir = await plant(path, OLD);
    const found = await findRuntime(wanted, path);
    expect(found).toMatchObject({ dir, version: "1.100.0", python: join(dir, "bin/python") });
    expect(found?.bin("litellm")).toBe(join(dir, "bin/litellm"));
    const times: number[] = [];
    for (let round = 0; round < 20; round += 1) {
      const started = performance.now();
      await findRuntime(await readLock("litellm"), path);
      times.push(performance.now() - started);
    }
    expect(Math.min(...times)).toBeLessThan(10);
  });

  it("finds none without a mark, with another's mark, or when its Python is gone", async () => {
    const { path } = await useTemporary();
    expect(await findRuntime(wanted, path)).toBeNull();
    const dir = await plant(path, OLD);
    await writeFile(join(dir, "sidelite-runtime.json"), '{"schemaVersion":1}');
    expect(await findRuntime(wanted, path)).toBeNull();
    await writeFile(join(dir, "sidelite-runtime.json"), "{ torn");
    expect(await findRuntime(wanted, path)).toBeNull();
    const other = await plant(path, USED);
    expect(await findRuntime({ ...wanted, id: USED }, path)).not.toBeNull();
    await rm(join(other, "bin/python"));
    await symlink("/nowhere/python", join(other, "bin/python"));
    expect(await findRuntime({ ...wanted, id: USED }, path)).toBeNull();
  });

  it("refuses one that anybody may change, and a link in its place", async () => {
    const { path } = await useTemporary();
    const dir = await plant(path, OLD);
    await chmod(dir, 0o777);
    expect((await failure(findRuntime(wanted, path))).exitCode).toBe(8);
    await chmod(dir, 0o700);
    await mkdir(join(path, "elsewhere"));
    await symlink(dir, join(path, "elsewhere", OLD));
    const error = await failure(findRuntime(wanted, join(path, "elsewhere")));
    expect(error.exitCode).toBe(8);
    expect((await lstat(dir)).isDirectory()).toBe(true);
  });
});
