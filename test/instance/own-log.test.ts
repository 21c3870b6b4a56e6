import { closeSync, openSync, readFileSync, statSync, writeSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, it, onTestFinished } from "vitest";

import { OWN_LOG_BYTES, trimOwnLog } from "../../src/instance/own-log.ts";

it("keeps the old log once and goes on under the same descriptors, no line lost", async () => {
  const folder = await mkdtemp(join(tmpdir(), "own-log-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, "sidelite.log");
  const descriptor = openSync(path, "a+", 0o600);
  onTestFinished(() => closeSync(descriptor));
  writeSync(descriptor, "short\n");
  trimOwnLog(path, descriptor);
  expect(readFileSync(path, "utf8")).toBe("short\n");
  const lines = "line\n".repeat(OWN_LOG_BYTES / 4);
  writeSync(descriptor, lines);
  trimOwnLog(path, descriptor);
  writeSync(descriptor, "after\n");
  expect(readFileSync(path, "utf8")).toBe("after\n");
  expect(readFileSync(`${path}.1`, "utf8")).toBe(`short\n${lines}`);
  expect(statSync(`${path}.1`).mode & 0o777).toBe(0o600);
  await rm(folder, { recursive: true });
  writeSync(descriptor, lines);
  // There is nowhere to keep it.
  expect(() => trimOwnLog(path, descriptor)).not.toThrow();
  await mkdir(folder);
});
