// Which generation has grown too large and is to be replaced. Pure.

export interface MemoryUse {
  readonly generation: number;
  readonly mb: number;
}

/** A limit below what LiteLLM needs must not make a new one every few seconds. */
const PAUSE_MS = 10 * 60_000;

/** The largest above the limit, or null. `recycledAt`: when the last one was chosen, monotonic ms. */
export function chooseTired(
  uses: readonly MemoryUse[],
  limitMb: number,
  { now, recycledAt }: { readonly now: number; readonly recycledAt: number | null },
): MemoryUse | null {
  if (recycledAt !== null && now - recycledAt < PAUSE_MS) return null;
  const [largest] = uses.toSorted((a, b) => b.mb - a.mb);
  return largest !== undefined && largest.mb >= limitMb ? largest : null;
}
