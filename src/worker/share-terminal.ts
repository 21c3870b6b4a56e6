// `run` on a terminal: the keys belong to the child, and the two stop and go on as one job of the user's shell.
import { closeSync, constants, openSync } from "node:fs";
import type { Signals } from "../core/context.ts";
import { os } from "../platform/os.ts";
import type { Child } from "../platform/spawn.ts";

/** A key that ended the child may reach us after its exit does. Milliseconds. */
const LATE_KEY_MS = 100;

export interface SharedTerminal {
  attach(child: Child): void;
  /** As it was before; the keys a moment later. */
  restore(): void;
}

/**
 * To be called just before the spawn: the first key may come at once. Without a controlling terminal nothing changes.
 */
export function shareTerminal(signals: Signals): SharedTerminal {
  if (!hasTerminal()) return { attach: () => undefined, restore: () => undefined };
  let child: Child | null = null;
  let undoStop = signals.divert("SIGTSTP", keep);
  let stopping = false;

  // The terminal sent it Ctrl+Z, too. It may take time to restore the screen, or go on: we stop when it has stopped.
  const follow = async (): Promise<void> => {
    if (child === null || stopping || !(await os.isStopped(child.pid))) return;
    if (child.status() !== null) return;
    stopping = true;
    undoStop();
    process.kill(process.pid, "SIGTSTP");
  };
  const resume = (): void => {
    child?.kill("SIGCONT");
    if (!stopping) return;
    undoStop = signals.divert("SIGTSTP", keep);
    stopping = false;
  };
  // The terminal sends these to the whole group: the child decides what they mean.
  const undoKeys = [signals.divert("SIGINT", keep), signals.divert("SIGQUIT", keep)];
  const undo = [signals.divert("SIGCHLD", () => void follow()), signals.divert("SIGCONT", resume)];
  return {
    attach: (started) => {
      child = started;
    },
    restore: () => {
      for (const restore of undo) restore();
      undoStop();
      setTimeout(() => {
        for (const restore of undoKeys) restore();
      }, LATE_KEY_MS).unref();
    },
  };
}

/** A handler at all keeps the signal from ending or stopping us. */
function keep(): void {
  return;
}

/** stdin may well be a pipe: what counts is the terminal that signals our group. */
function hasTerminal(): boolean {
  try {
    closeSync(openSync("/dev/tty", constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK));
    return true;
  } catch {
    return false;
  }
}
