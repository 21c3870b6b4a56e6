// Being asked to stop by another command counts like a signal: once gracefully, a second time at once.
import type { Signals } from "../core/context.ts";

export interface StopRequests {
  /** The process's own signals and the requests together. */
  readonly signals: Signals;
  ask(force: boolean): void;
}

/** Two commands at once are one wish, as with signals. Milliseconds. */
const BOUNCE_MS = 300;

export function joinStopRequests(own: Signals): StopRequests {
  const abort = new AbortController();
  const force = new AbortController();
  let first: number | null = null;
  return {
    signals: {
      ...own,
      abort: AbortSignal.any([own.abort, abort.signal]),
      force: AbortSignal.any([own.force, force.signal]),
    },
    ask: (isForced) => {
      const again = first !== null && performance.now() - first >= BOUNCE_MS;
      first ??= performance.now();
      abort.abort(new Error("stopped by `sidelite stop`"));
      if (isForced || again) force.abort(new Error("stopped at once by `sidelite stop`"));
    },
  };
}
