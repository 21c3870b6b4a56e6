// Resources released in reverse order under one deadline, whatever ended the work.
import { abortAfter } from "./abort-after.ts";

export interface Scope {
  /** Aborted when the user asks to stop. */
  readonly abort: AbortSignal;
  /** Registers a release; `deadline` is a signal that fires when the stop budget is used up. */
  defer(name: string, release: (deadline: AbortSignal) => Promise<void> | void): void;
}

interface Entry {
  readonly name: string;
  readonly release: (deadline: AbortSignal) => Promise<void> | void;
}

export interface ScopeOptions {
  readonly abort: AbortSignal;
  /** Seconds for all releases together; after it each release sees an aborted deadline. */
  readonly budgetSeconds: number;
  /** Fires when the user asks a second time: the deadline is now. */
  readonly force?: AbortSignal;
  /** Told of a release that threw; the others still run. */
  readonly onReleaseError?: (name: string, error: unknown) => void;
}

/** Runs `work`, then every registered release, last first. Throws what `work` threw. */
export async function withScope<T>(
  options: ScopeOptions,
  work: (scope: Scope) => Promise<T>,
): Promise<T> {
  const entries: Entry[] = [];
  const scope: Scope = {
    abort: options.abort,
    defer: (name, release) => void entries.push({ name, release }),
  };
  try {
    return await work(scope);
  } finally {
    const deadline = abortAfter(
      options.budgetSeconds * 1000,
      ...(options.force ? [options.force] : []),
    );
    for (const entry of entries.toReversed()) {
      try {
        await entry.release(deadline);
      } catch (error) {
        options.onReleaseError?.(entry.name, error);
      }
    }
  }
}
