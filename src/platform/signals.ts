// Turns the process's signals into one graceful and one forced abort; the caller re-raises after the stop.
import type { Signals } from "../core/context.ts";

const STOPPING: readonly NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"];

/** A key bounce or a terminal that signals twice at once is one wish. Milliseconds. */
const BOUNCE_MS = 300;

export interface InstalledSignals extends Signals {
  /** Removes every handler, so that a re-raised signal ends the process. */
  uninstall(): void;
}

export function installSignals(): InstalledSignals {
  const abort = new AbortController();
  const force = new AbortController();
  let first: { signal: NodeJS.Signals; at: number } | null = null;
  const handlers = new Map<NodeJS.Signals, () => void>();
  let installed = true;

  const ask = (signal: NodeJS.Signals): void => {
    if (first === null) {
      first = { signal, at: performance.now() };
      abort.abort(new Error(`stopped by ${signal}`));
    } else if (performance.now() - first.at >= BOUNCE_MS) {
      force.abort(new Error(`stopped at once by a second ${signal}`));
    }
  };
  const release = (signal: NodeJS.Signals): (() => void) | undefined => {
    const handler = handlers.get(signal);
    if (handler) process.off(signal, handler);
    handlers.delete(signal);
    return handler;
  };
  const handle = (signal: NodeJS.Signals, handler: () => void): (() => void) => {
    const previous = release(signal);
    if (!installed) return () => undefined;
    handlers.set(signal, handler);
    process.on(signal, handler);
    return () => {
      release(signal);
      if (previous) handle(signal, previous);
    };
  };
  for (const signal of STOPPING) handle(signal, () => ask(signal));

  return {
    abort: abort.signal,
    force: force.signal,
    received: () => first?.signal ?? null,
    divert: handle,
    uninstall: () => {
      installed = false;
      for (const signal of handlers.keys()) release(signal);
    },
  };
}
