// Removes what a SIGKILL left of runs with a made-up name: nobody will ever start one of that name again.
import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Host } from "../core/host.ts";
import { restoreCookie, sweepCookie } from "../platform/cookie.ts";
import { acquireLock } from "../platform/lock.ts";
import { instancePaths } from "../state/paths.ts";
import { readRecord } from "../state/record.ts";

/** As `sidelite run` makes them up. */
const MADE_UP = /^run-[0-9a-f]{8}$/;
/** One that is just being made has no record yet. */
const YOUNG_MS = 60_000;

/** `home` is `~/.kubiya`. A failed run stays: its log explains the failure. */
export async function sweepKilledRuns(home: string, host: Host): Promise<void> {
  const names = await readdir(join(home, "workers")).catch(() => []);
  for (const name of names) if (MADE_UP.test(name)) await sweepRun(home, name, host);
}

async function sweepRun(home: string, name: string, host: Host): Promise<void> {
  const paths = instancePaths(home, name, host.env);
  const found = await stat(paths.dir).catch(() => null);
  if (found === null) return;
  const record = await readRecord(paths.record, host.now());
  const isYoung = host.now().getTime() - found.mtimeMs < YOUNG_MS;
  if (record === null ? isYoung : record.state !== "running") return;
  // Who holds it is alive.
  const lock = await acquireLock(paths.lock).catch(() => null);
  if (lock === null) return;
  if (record !== null) await sweepCookie(restoreCookie(record.cookie));
  for (const folder of [...paths.socketDirs, paths.dir]) {
    await rm(folder, { recursive: true, force: true });
  }
  await lock.release();
}
