import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

import { expect, it } from "vitest";

import { stopInstance } from "../../src/instance/stop-instance.ts";
import { os } from "../../src/platform/os.ts";
import { readRecord, writeRecord } from "../../src/state/record.ts";
import { temporaryFolder } from "../fixtures/temporary-folder.ts";

it("waits for one whose socket another stop has closed already, while its process ends", async () => {
  const socketDir = await temporaryFolder();
  const child = spawn(process.execPath, ["-e", "setTimeout(() => {}, 500)"], { stdio: "ignore" });
  const ended = once(child, "exit");
  const pid = child.pid ?? 0;
  const identity = await os.identify(pid);
  if (identity === null) throw new Error("the child has ended too early");
  const recordPath = join(socketDir, "instance.json");
  const record = {
    ...identity,
    schemaVersion: 1,
    name: "q",
    state: "running",
    cookie: "q-abc",
    url: null,
    port: null,
    version: "0.1.0",
    startedAt: new Date().toISOString(),
    socketDir,
    files: {},
  } as const;
  await writeRecord(recordPath, record);
  const { signal } = new AbortController();
  const instance = { name: "q", recordPath, record, runs: true, socketDir };
  expect(await stopInstance(instance, { force: false, signal })).toBe(true);
  expect(await os.identify(pid)).toBeNull();
  expect(await ended).toEqual([0, null]);
  expect((await readRecord(recordPath, new Date()))?.state).not.toBe("running");
});
