// Waits for something, but not for ever.

/** Resolves when `work` settles, the time is over or the signal fires, whichever is first; never rejects. */
export async function settledWithin(
  work: Promise<unknown>,
  ms: number,
  signal?: AbortSignal,
): Promise<void> {
  if (signal?.aborted) return;
  const stop = new AbortController();
  const limit = new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener("abort", () => resolve(), { signal: stop.signal });
    stop.signal.addEventListener("abort", () => clearTimeout(timer));
  });
  await Promise.race([work.catch(() => undefined), limit]);
  stop.abort();
}
