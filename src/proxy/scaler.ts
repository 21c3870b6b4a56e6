// When one more generation has enough to do, and when one less would do. Pure.

/** Of one serving generation since the last look. */
export interface Load {
  /** CPU time that it used or, on a busy machine, waited for; 1 is a whole core; null: not known yet. */
  readonly cores: number | null;
  readonly inFlight: number;
}

export interface ScaleState {
  /** Since when one less would do, monotonic ms; null: it would not. */
  readonly quietSince: number | null;
}

export interface ScaleStep {
  readonly state: ScaleState;
  readonly order: "grow" | "shrink" | null;
}

const BUSY_CORES = 0.8;
/** One request cannot be split, so it makes no use of another process. */
const BUSY_REQUESTS = 2;
/** What each of the others may have to do after one has gone: well below what would bring it back. */
const QUIET_CORES = 0.5;
const QUIET_MS = 30_000;

export const NOT_QUIET: ScaleState = { quietSince: null };

/** To be asked once a second. */
export function scale(
  state: ScaleState,
  loads: readonly Load[],
  { now, most }: { readonly now: number; readonly most: number },
): ScaleStep {
  const isBusy = loads.some(
    ({ cores, inFlight }) => (cores ?? 0) >= BUSY_CORES && inFlight >= BUSY_REQUESTS,
  );
  if (isBusy) return { state: NOT_QUIET, order: loads.length < most ? "grow" : null };
  const total = loads.reduce((sum, { cores }) => sum + (cores ?? Number.POSITIVE_INFINITY), 0);
  const isQuiet = loads.length > 1 && total < QUIET_CORES * (loads.length - 1);
  if (!isQuiet) return { state: NOT_QUIET, order: null };
  const quietSince = state.quietSince ?? now;
  if (now - quietSince < QUIET_MS) return { state: { quietSince }, order: null };
  return { state: NOT_QUIET, order: "shrink" };
}
