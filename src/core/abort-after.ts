// A signal with a time limit.

/**
 * Fires when `ms` are over or when one of `signals` fires, with its reason; it keeps no process alive.
 * Not `AbortSignal.any` with `AbortSignal.timeout`: on Node 20 a garbage collection takes the timeout away, for ever.
 */
export function abortAfter(ms: number, ...signals: readonly AbortSignal[]): AbortSignal {
  const controller = new AbortController();
  const fire = (reason: unknown): void => {
    clearTimeout(timer);
    for (const [signal, listener] of listeners) signal.removeEventListener("abort", listener);
    controller.abort(reason);
  };
  const timedOut = (): void => fire(new DOMException("the time is over", "TimeoutError"));
  const timer = setTimeout(timedOut, ms);
  timer.unref();
  const listeners = signals.map((signal) => [signal, () => fire(signal.reason)] as const);
  for (const [signal, listener] of listeners) signal.addEventListener("abort", listener);
  const fired = signals.find((signal) => signal.aborted);
  if (fired !== undefined) fire(fired.reason);
  return controller.signal;
}
