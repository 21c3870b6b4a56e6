// Hears that one of the configuration's files changed; when it changes no more, it is put in force.
import { setTimeout as sleep } from "node:timers/promises";
import { setAlignedInterval } from "../platform/aligned-interval.ts";
import { FileHints } from "../platform/file-hints.ts";
import type { Scope } from "../core/scope.ts";
import type { FileMarks } from "./file-marks.ts";
import { changedFiles } from "./file-marks.ts";
import type { InForce } from "./in-force.ts";

/**
 * Hints come at once, where they come at all; looking works on every file system, for links, renames and files that do
 * not exist yet, and an idle machine feels each time that a process wakes. Milliseconds.
 */
const EVERY_MS = 4_000;
/** Two looks this far apart see the same: the writer is done. */
const SETTLE_MS = 250;
/** An editor that empties or removes a file first gets this long to write it. */
const VOID_MS = 2_000;

/** `onChange` must not reject. */
export function watchFiles(
  scope: Scope,
  inForce: InForce,
  onChange: (files: readonly string[]) => Promise<void>,
): void {
  const stopping = new AbortController();
  const { signal } = stopping;
  const bell = new Bell();
  const hints = new FileHints(bell.ring);
  let watched: readonly string[] = [];
  inForce.onFiles((files) => {
    watched = files;
    // What changed before we looked.
    bell.ring();
  });
  const stopLooking = setAlignedInterval(EVERY_MS, () => {
    if (watched.length > 0) bell.ring();
  });
  const look = async (): Promise<string[]> => {
    hints.follow(watched);
    return changedFiles(inForce.seen, await settle(inForce, signal));
  };
  const running = follow(bell, look, onChange, signal).catch((error: unknown) => {
    // What is awaited may be cut short by the stop.
    if (!signal.aborted && !scope.abort.aborted) throw error;
  });
  scope.defer("file watch", async () => {
    inForce.onFiles(() => {});
    stopLooking();
    stopping.abort();
    bell.ring();
    await running;
    hints.close();
  });
}

/** `look`: which files have changed. */
async function follow(
  bell: Bell,
  look: () => Promise<readonly string[]>,
  onChange: (files: readonly string[]) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    await bell.rung();
    if (signal.aborted) return;
    const files = await look();
    if (files.length > 0) await onChange(files);
  }
}

/** The files when they change no more. */
async function settle(inForce: InForce, signal: AbortSignal): Promise<FileMarks> {
  const from = performance.now();
  let now = await inForce.look();
  if (changedFiles(inForce.seen, now).length === 0) return now;
  for (;;) {
    await sleep(SETTLE_MS, undefined, { signal, ref: false });
    const again = await inForce.look();
    const isSettled = changedFiles(now, again).length === 0;
    now = again;
    const isLate = performance.now() - from > VOID_MS;
    if (isSettled && (isLate || !wasEmptied(inForce.seen, now))) return now;
  }
}

function wasEmptied(before: FileMarks, now: FileMarks): boolean {
  return [...now].some(([file, { isVoid }]) => isVoid && before.get(file)?.isVoid === false);
}

/** Rung any number of times, answered once. */
class Bell {
  #isRung = false;
  #answer: () => void = () => {};

  readonly ring = (): void => {
    this.#isRung = true;
    this.#answer();
  };

  async rung(): Promise<void> {
    while (!this.#isRung) {
      await new Promise<void>((resolve) => {
        this.#answer = resolve;
      });
    }
    this.#isRung = false;
  }
}
