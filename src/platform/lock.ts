// A lock that the kernel gives back however its holder dies.
import { closeSync, constants, fstatSync, openSync, statSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { problem, UserError } from "../core/errors.ts";
import { errorCode, writeProblem } from "./file-errors.ts";
import type { LockHelper } from "./os-contract.ts";
import { os } from "./os.ts";
import { refusePath } from "./ownership.ts";
import { spawnChild } from "./spawn.ts";

export interface Lock {
  /** The file stays: removing it would let two holders have a lock each. */
  release(): Promise<void>;
}

export interface LockOptions {
  /** false (default): null when another process holds it. */
  readonly wait?: boolean;
  /** Ends the waiting; rejects with its reason. */
  readonly signal?: AbortSignal;
  /** As OperatingSystem.lockHelpers. */
  readonly helpers?: readonly LockHelper[];
}

const LOCKED = 0;
const HELD = 1;
/** A try costs 3 ms of a core. */
const RETRY_MS = 100;

/**
 * The lock belongs to the open file, so a short-lived helper can take it on the descriptor it inherits and end; it lasts
 * while our descriptor is open, which no other child inherits. Waiting is asking again: a helper that waits in the
 * kernel would outlive a SIGKILL of ours.
 */
export async function acquireLock(path: string, options: LockOptions = {}): Promise<Lock | null> {
  const { wait = false, signal, helpers = os.lockHelpers } = options;
  for (;;) {
    signal?.throwIfAborted();
    const descriptor = openLockFile(path);
    let kept = false;
    try {
      const locked = await lock(descriptor, path, helpers);
      // Its folder may have been removed and made anew meanwhile: others lock the file that is there now.
      kept = locked && isStillAt(path, descriptor);
      if (!locked && !wait) return null;
    } finally {
      if (!kept) closeSync(descriptor);
    }
    if (kept) return { release: async () => closeSync(descriptor) };
    await sleep(RETRY_MS, undefined, signal === undefined ? {} : { signal });
  }
}

function openLockFile(path: string): number {
  // A descriptor, not a FileHandle: that one would be closed by the garbage collector.
  const flags = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  let descriptor: number;
  try {
    descriptor = openSync(path, flags, 0o600);
  } catch (error) {
    if (errorCode(error) === "ELOOP")
      throw refusePath("security", path, "is a symbolic link", "remove it");
    throw writeProblem("opened as a lock", path, error);
  }
  const found = fstatSync(descriptor);
  if (found.isFile() && found.nlink <= 1) return descriptor;
  closeSync(descriptor);
  throw refusePath("security", path, "is not a file of ours", "remove it");
}

function isStillAt(path: string, descriptor: number): boolean {
  const held = fstatSync(descriptor);
  const found = statSync(path, { throwIfNoEntry: false });
  return found !== undefined && found.ino === held.ino && found.dev === held.dev;
}

async function lock(
  descriptor: number,
  path: string,
  helpers: readonly LockHelper[],
): Promise<boolean> {
  for (const helper of helpers) {
    const code = await runHelper(helper, descriptor);
    if (code === LOCKED) return true;
    if (code === HELD) return false;
  }
  const tried = helpers.map(({ file }) => file).join(", ");
  const remedy = "install one of them; on a network file system set SIDELITE_HOME to a local disk";
  throw new UserError(
    "machine",
    problem(`cannot be locked: none of ${tried} could`, { place: { source: path }, remedy }),
  );
}

/** The helper's exit code; null when it is not there or was killed. */
async function runHelper({ file, args }: LockHelper, descriptor: number): Promise<number | null> {
  const { PATH = "/usr/bin:/bin", HOME = "/" } = process.env;
  try {
    const env = { PATH, HOME, LC_ALL: "C" };
    const stdio = ["ignore", "ignore", "ignore", descriptor] as const;
    const child = await spawnChild({ file, args, env, stdio, ownGroup: true });
    return (await child.exited).code;
  } catch (error) {
    if (error instanceof UserError && error.exit !== "machine") return null;
    throw error;
  }
}
