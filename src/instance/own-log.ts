// A daemon's own log stays small while it runs, under the descriptors that it has: a crash must find its way there.
import { copyFileSync, fstatSync, ftruncateSync } from "node:fs";
import { setAlignedInterval } from "../platform/aligned-interval.ts";

/** Its own talk is short; an old log is kept once, as `.1`. */
export const OWN_LOG_BYTES = 1 << 20;

const EVERY_MS = 5_000;

/** `path` is where `descriptor` appends to, and nobody else. Until the process ends. */
export function keepOwnLogSmall(path: string, descriptor: number): void {
  setAlignedInterval(EVERY_MS, () => trimOwnLog(path, descriptor));
}

/** In one go, so that no line of ours falls between the copy and the cut. */
export function trimOwnLog(path: string, descriptor: number): void {
  try {
    const found = fstatSync(descriptor);
    if (!found.isFile() || found.size <= OWN_LOG_BYTES) return;
    copyFileSync(path, `${path}.1`);
    ftruncateSync(descriptor);
  } catch {
    // A full disk, or the folder is gone: tried again.
  }
}
