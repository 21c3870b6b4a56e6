import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";

import { expect, it } from "vitest";

import { openLogFile } from "../../src/platform/log-file.ts";
import { writeAtomic } from "../../src/platform/files.ts";
import { runCli } from "../fixtures/cli.ts";
import { until } from "../fixtures/poll.ts";
import { useHome } from "../fixtures/use-home.ts";
import { workerCommand } from "../fixtures/worker.ts";
import { mountTmpfs } from "./fixtures/tmpfs.ts";

const start = ["worker", "start", "--queue-id", "q", "--", ...workerCommand("exit", "0")];

it("keeps the old content of a file when the disk is full (F60)", async () => {
  const home = await useHome();
  const disk = await mountTmpfs(join(home.dir, "disk"), 1 << 20);
  const file = join(disk.path, "record.json");
  await writeAtomic(file, "old");
  await disk.fill();
  await expect(writeAtomic(file, "x".repeat(8192))).rejects.toMatchObject({
    exit: "machine",
    problems: [{ place: { source: file }, remedy: expect.stringContaining("SIDELITE_HOME") }],
  });
  expect(await readFile(file, "utf8")).toBe("old");
  expect((await readdir(disk.path)).toSorted()).toEqual(["ballast", "record.json"]);
});

it("drops log lines on a full disk, counts them, and goes on when there is room (F61)", async () => {
  const home = await useHome();
  const disk = await mountTmpfs(join(home.dir, "disk"), 1 << 20);
  const path = join(disk.path, "proxy.log");
  const log = openLogFile(path, { maxBytes: 1 << 20, keep: 1 });
  await disk.fill();
  for (let line = 0; line < 1_000; line += 1) log.write(`line ${line} ${"x".repeat(100)}\n`);
  await log.drained();
  expect(log.dropped).toBeGreaterThan(900);
  await disk.free();
  log.write("after\n");
  await log.drained();
  await until(async () => (await readFile(path, "utf8")).includes("after\n"), { what: "the line" });
  await log.close();
  expect(await readFile(path, "utf8")).toMatch(/\d+ .*(dropped|lost)/);
});

it("refuses to start on a full disk, and leaves no torn file (F60)", async () => {
  const home = await useHome();
  const disk = await mountTmpfs(home.state, 1 << 20);
  await disk.fill();
  const result = await runCli(home, start);
  expect(result).toMatchObject({ code: 7, stderr: expect.stringContaining(home.state) });
  expect(result.stderr).toContain("SIDELITE_HOME");
  const names = await readdir(home.state, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile() && entry.name !== "ballast");
  const sizes = files.map(async (entry) => (await stat(join(entry.parentPath, entry.name))).size);
  // A lock file is empty by nature; nothing else may be.
  expect(files.filter((_, index) => !/lock/.test(files[index]?.name ?? ""))).toEqual([]);
  expect(await Promise.all(sizes)).toEqual(files.map(() => 0));
});

it("names SIDELITE_HOME when the home is read-only (F62)", async () => {
  const home = await useHome();
  const disk = await mountTmpfs(home.state, 1 << 20);
  await disk.makeReadOnly();
  const result = await runCli(home, start);
  expect(result).toMatchObject({ code: 7, stderr: expect.stringContaining("read-only") });
  expect(result.stderr).toContain("SIDELITE_HOME");
});

it("goes on, restarts its worker and ends on a disk that is full by now (F60)", async () => {
  const home = await useHome();
  const disk = await mountTmpfs(home.state, 1 << 20);
  const sidelite = (...args: string[]) => runCli(home, args);
  const begin = ["worker", "start", "-d", "--queue-id", "q", "--", ...workerCommand("wait")];
  expect(await sidelite(...begin)).toMatchObject({ code: 0 });
  home.onStop(async () => void (await sidelite("worker", "stop", "q", "--force")));
  const record = join(home.state, "workers/q/instance.json");
  const before = await readFile(record, "utf8");
  await disk.fill();
  expect(await sidelite("worker", "restart", "q")).toMatchObject({ code: 0 });
  expect(await sidelite("worker", "status", "q")).toMatchObject({ code: 0 });
  expect(await sidelite("worker", "stop", "q")).toMatchObject({ code: 0 });
  expect(await readFile(record, "utf8")).toBe(before);
  expect((await sidelite("worker", "status", "q")).code).toBe(1);
  await disk.free();
  expect(await sidelite(...begin)).toMatchObject({ code: 0 });
  expect(await sidelite("worker", "stop", "q")).toMatchObject({ code: 0 });
});
