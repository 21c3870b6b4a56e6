// Looks at the configuration's files again and again; one that has changed, and changes no more, is put in force.
import { setTimeout as sleep } from "node:timers/promises";
import type { Scope } from "../core/scope.ts";
import type { FileMarks } from "./file-marks.ts";
import { changedFiles } from "./file-marks.ts";
import type { InForce } from "./in-force.ts";

export interface WatchedFiles {
  readonly inForce: Pick<InForce, "look" | "seen">;
  /** Must not reject. */
  readonly onChange: (files: readonly string[]) => Promise<void>;
}

/**
 * Looking beats being told: it works on every file system, for links, renames and files that do not exist yet, and ten
 * looks a second at some files cost less than a thousandth of a core. Milliseconds.
 */
const EVERY_MS = 500;
/** Two looks this far apart see the same: the writer is done. */
const SETTLE_MS = 250;
/** An editor that empties or removes a file first gets this long to write it. */
const VOID_MS = 2_000;

export function watchFiles(scope: Scope, watched: WatchedFiles): void {
  const stopping = new AbortController();
  const { signal } = stopping;
  const running = watch(watched, signal).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
  scope.defer("file watch", () => {
    stopping.abort();
    return running;
  });
}

async function watch({ inForce, onChange }: WatchedFiles, signal: AbortSignal): Promise<void> {
  // Nothing waits for the next look: it must not keep the process.
  const pause = (ms: number): Promise<void> => sleep(ms, undefined, { signal, ref: false });
  for (;;) {
    await pause(EVERY_MS);
    let now = await inForce.look();
    if (now === null || changedFiles(inForce.seen, now).length === 0) continue;
    const from = performance.now();
    for (;;) {
      await pause(SETTLE_MS);
      const again = await inForce.look();
      if (again === null) break;
      const isSettled = changedFiles(now, again).length === 0;
      now = again;
      if (isSettled && (!wasEmptied(inForce.seen, now) || performance.now() - from > VOID_MS))
        break;
    }
    const files = changedFiles(inForce.seen, now);
    if (files.length > 0) await onChange(files);
  }
}

function wasEmptied(before: FileMarks, now: FileMarks): boolean {
  return [...now].some(([file, { isVoid }]) => isVoid && before.get(file)?.isVoid === false);
}
