// One clock for several processes of this machine, finer than a millisecond.

/** Milliseconds since the epoch, with a fraction; steps of the wall clock after a process's start do not show. */
export function now(): number {
  return performance.timeOrigin + performance.now();
}
