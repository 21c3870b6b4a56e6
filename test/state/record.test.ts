import { link, mkdir, readdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { assert, asyncProperty, json, oneof, string } from "fast-check";
import { describe, expect, it } from "vitest";

import { os } from "../../src/platform/os.ts";
import type { InstanceRecord } from "../../src/state/record.ts";
import { isRunning, readRecord, writeRecord } from "../../src/state/record.ts";
import { temporaryFolder } from "../fixtures/temporary-folder.ts";

const NOW = new Date(1_700_000_000_000);

const RECORD: InstanceRecord = {
  schemaVersion: 1,
  name: "q1",
  state: "running",
  pid: 12,
  startTime: "345",
  bootId: "6",
  cookie: "q1-abc",
  url: "http://127.0.0.1:4321",
  port: 4321,
  version: "0.1.0",
  startedAt: NOW.toISOString(),
  socketDir: "/run/x",
  files: { config: "/h/config.yaml" },
};

async function recordPath(): Promise<string> {
  return join(await temporaryFolder(), "instance.json");
}

describe("instance record", () => {
  it("comes back as it was written, 0600", async () => {
    const path = await recordPath();
    expect(await readRecord(path, NOW)).toBeNull();
    await writeRecord(path, RECORD);
    expect(await readRecord(path, NOW)).toEqual(RECORD);
    await writeRecord(path, {
      ...RECORD,
      state: "stopped",
      url: null,
      port: null,
      socketDir: null,
    });
    expect(await readRecord(path, NOW)).toMatchObject({ state: "stopped", url: null });
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it.each<[string, (path: string) => Promise<unknown>]>([
    ["truncated", (path) => writeFile(path, JSON.stringify(RECORD).slice(0, 40))],
    ["empty", (path) => writeFile(path, "")],
    ["binary", (path) => writeFile(path, Buffer.from([0, 255, 254, 1]))],
    ["newer", (path) => writeFile(path, JSON.stringify({ ...RECORD, schemaVersion: 2 }))],
    ["older", (path) => writeFile(path, JSON.stringify({ ...RECORD, schemaVersion: undefined }))],
    ["of another shape", (path) => writeFile(path, JSON.stringify({ ...RECORD, pid: "12" }))],
    ["no object", (path) => writeFile(path, "[]")],
    ["null", (path) => writeFile(path, "null")],
    ["huge", (path) => writeFile(path, " ".repeat(100_000))],
    ["a link", async (path) => symlink(await victim(path), path)],
    ["a hard link", async (path) => link(await victim(path), path)],
    ["a folder", (path) => mkdir(path)],
  ])("that is %s is put aside, never followed", async (_, plant) => {
    const path = await recordPath();
    await plant(path);
    expect(await readRecord(path, NOW)).toBeNull();
    const names = await readdir(join(path, ".."));
    expect(names).toContain(`instance.json.bad-${NOW.getTime()}`);
    expect(names).not.toContain("instance.json");
    const left = await readFile(join(path, "..", "victim"), "utf8").catch(() => null);
    expect([null, JSON.stringify(RECORD)]).toContain(left);
  });

  it("survives any content", async () => {
    const path = await recordPath();
    await assert(
      asyncProperty(oneof(json(), string()), async (text) => {
        await writeFile(path, text);
        expect(await readRecord(path, NOW)).toBeNull();
      }),
      { numRuns: 100 },
    );
  });

  it("runs only while the very process runs", async () => {
    const ours = await os.identify(process.pid);
    if (ours === null) throw new Error("we do not exist");
    expect(await isRunning({ ...RECORD, ...ours })).toBe(true);
    expect(await isRunning({ ...RECORD, ...ours, startTime: "1" })).toBe(false);
    expect(await isRunning({ ...RECORD, ...ours, bootId: "another boot" })).toBe(false);
  });
});

async function victim(path: string): Promise<string> {
  const file = join(path, "..", "victim");
  await writeFile(file, JSON.stringify(RECORD), { mode: 0o600 });
  return file;
}
