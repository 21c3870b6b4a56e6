// Takes away what an instance left whose supervisor was killed: processes by their cookie, sockets, its claim to run.
import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { abortAfter } from "../core/abort-after.ts";
import { UserError } from "../core/errors.ts";
import { restoreCookie, sweepCookie } from "../platform/cookie.ts";
import { sweepTemporaries } from "../platform/files.ts";
import { acquireLock } from "../platform/lock.ts";
import type { InstanceRecord } from "../state/record.ts";
import { writeRecord } from "../state/record.ts";

const LOCK_MS = 1_000;

/** `record` is a dead instance's and lies at `path`. Nothing happens while somebody starts it again. */
export async function tidyInstance(record: InstanceRecord, path: string): Promise<void> {
  // A killed process of several threads can be a zombie some moments before its last thread lets the lock go.
  const signal = abortAfter(LOCK_MS);
  const lock = await acquireLock(join(dirname(path), "lock"), { wait: true, signal }).catch(
    (error: unknown) => {
      if (signal.aborted) return null;
      throw error;
    },
  );
  if (lock === null) return;
  try {
    await sweepCookie(restoreCookie(record.cookie));
    const folder = dirname(path);
    await Promise.all([folder, join(folder, "configs")].map(sweepTemporaries));
    if (record.socketDir !== null) await rm(record.socketDir, { recursive: true, force: true });
    await writeRecord(path, { ...record, state: "stopped", url: null }).catch((error: unknown) => {
      // On a full disk it goes on saying that it was killed.
      if (!(error instanceof UserError)) throw error;
    });
  } finally {
    await lock.release();
  }
}
