// Intervals that fire together, so that an idle process wakes once for all of them: a wake costs more than most of what
// is done in it.

/** Fires when the monotonic clock passes a multiple of `ms`; keeps no process alive. Returns what ends it. */
export function setAlignedInterval(ms: number, act: () => void): () => void {
  let timer: NodeJS.Timeout;
  let last = Math.floor(performance.now() / ms);
  const arm = (): void => {
    const now = performance.now();
    // A timer may be early by a fraction of a millisecond, or late by much.
    last = Math.max(last + 1, Math.ceil(now / ms));
    timer = setTimeout(fire, Math.ceil(last * ms - now)).unref();
  };
  const fire = (): void => {
    arm();
    act();
  };
  arm();
  return () => clearTimeout(timer);
}
