// Who may run an instance: the one with the lock. The others are told who that is, also when it has just begun.
import { setTimeout as sleep } from "node:timers/promises";
import { problem, UserError } from "../core/errors.ts";
import type { Host } from "../core/host.ts";
import type { Lock } from "../platform/lock.ts";
import { acquireLock } from "../platform/lock.ts";
import type { InstancePaths } from "../state/paths.ts";
import type { InstanceRecord } from "../state/record.ts";
import { isRunning, readRecord } from "../state/record.ts";
import type { InstanceKind } from "./instance-status.ts";

export interface Claimed {
  readonly lock: Lock;
  /** Of the last run. */
  readonly previous: InstanceRecord | null;
}

/** From the lock to the record with the URL a start takes a tenth of a second, and more among many. */
const YOUNG_MS = 3_000;
const POLL_MS = 50;

export interface Claim {
  readonly name: string;
  readonly kind: InstanceKind;
  /** Somebody else has the lock: what the winner needs is to be let go. */
  readonly onHeld: () => Promise<void>;
}

/** Throws UserError("alreadyRunning") with pid and address of the one that runs. */
export async function claimInstance(
  { name, kind, onHeld }: Claim,
  paths: Pick<InstancePaths, "lock" | "record">,
  host: Pick<Host, "now" | "monotonic">,
): Promise<Claimed> {
  const deadline = host.monotonic() + YOUNG_MS;
  for (;;) {
    const lock = await acquireLock(paths.lock);
    const record = await readRecord(paths.record, host.now());
    const live = record !== null && (await isRunning(record)) ? record : null;
    // A live one's lock is gone with its folder when somebody removed that; what runs has put its record back.
    if (lock !== null && live === null) return { lock, previous: record };
    await Promise.all([lock?.release(), onHeld()]);
    // Without a live one in the record somebody has just begun, or tidies up after a run that was killed.
    const isKnown = live !== null && (live.url !== null || !isYoung(live, host));
    if (isKnown || host.monotonic() >= deadline) throw alreadyRunning(name, live, kind);
    await sleep(POLL_MS);
  }
}

function isYoung({ startedAt }: InstanceRecord, host: Pick<Host, "now">): boolean {
  return Math.abs(host.now().getTime() - Date.parse(startedAt)) < YOUNG_MS;
}

function alreadyRunning(
  name: string,
  record: InstanceRecord | null,
  kind: InstanceKind,
): UserError {
  const who = record ? ` (pid ${record.pid}${record.url ? `, ${record.url}` : ""})` : "";
  return new UserError(
    "alreadyRunning",
    problem(`${name} is already running${who}`, {
      remedy: `end it first: sidelite ${kind === "proxy" ? "proxy" : "worker"} stop ${name}`,
    }),
  );
}
