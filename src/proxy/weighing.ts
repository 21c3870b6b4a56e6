// Measures what the serving generations use, and orders one more, one less, or another in a large one's place.
import type { ProcessUsage } from "../platform/os-contract.ts";
import { os } from "../platform/os.ts";
import { chooseTired } from "./recycler.ts";
import { NOT_QUIET, scale } from "./scaler.ts";
import type { Input } from "./state-types.ts";

export interface Weighed {
  readonly id: number;
  readonly pid: number;
  readonly inFlight: number;
}

/** Memory grows slowly. */
const MEMORY_EVERY_MS = 5_000;
/** Older than this, CPU time says nothing of now. */
const STALE_MS = 3_000;

export class Weighing {
  limits: { readonly most: number; readonly recycleAtMb: number | null } = {
    most: 1,
    recycleAtMb: null,
  };
  readonly #tell: (input: Input) => void;
  readonly #last = new Map<number, { readonly seconds: number; readonly at: number }>();
  #scale = NOT_QUIET;
  #recycledAt: number | null = null;
  #memoryAt = 0;
  #isBusy = false;

  constructor(tell: (input: Input) => void) {
    this.#tell = tell;
  }

  /** To be called once a second while requests are under way; where there is nothing to decide it measures nothing. */
  async weigh(serving: readonly Weighed[]): Promise<void> {
    const { most, recycleAtMb } = this.limits;
    const now = performance.now();
    const isElastic = most > 1 && serving.some(({ inFlight }) => inFlight > 1);
    const weighsCpu = serving.length > 1 || isElastic;
    const weighsMemory = recycleAtMb !== null && now - this.#memoryAt >= MEMORY_EVERY_MS;
    if (this.#isBusy || !(weighsCpu || weighsMemory)) return;
    this.#isBusy = true;
    // What cannot be measured decides nothing.
    const usages = await Promise.all(serving.map(({ pid }) => os.measure(pid).catch(() => null)));
    this.#isBusy = false;
    const known = serving.flatMap((generation, index) => {
      const usage = usages[index];
      return usage ? [{ ...generation, ...usage }] : [];
    });
    if (weighsCpu) this.#weighCpu(known, now);
    if (weighsMemory) this.#weighMemory(known, recycleAtMb, now);
  }

  #weighCpu(known: readonly (Weighed & ProcessUsage)[], now: number): void {
    const wanted = known.map(({ id, inFlight, cpuSeconds, waitedSeconds }) => {
      return { id, inFlight, seconds: cpuSeconds + waitedSeconds };
    });
    const loads = wanted.map(({ id, seconds, inFlight }) => {
      const last = this.#last.get(id);
      const isFresh = last !== undefined && now - last.at < STALE_MS && now > last.at;
      const cores = isFresh ? ((seconds - last.seconds) * 1000) / (now - last.at) : null;
      return { cores, inFlight };
    });
    this.#last.clear();
    for (const { id, seconds } of wanted) this.#last.set(id, { seconds, at: now });
    const { state, order } = scale(this.#scale, loads, { now, most: this.limits.most });
    this.#scale = state;
    if (order !== null) this.#tell({ type: order });
  }

  #weighMemory(
    known: readonly { readonly id: number; readonly residentMb: number }[],
    limitMb: number,
    now: number,
  ): void {
    this.#memoryAt = now;
    const uses = known.map(({ id, residentMb }) => ({ generation: id, mb: residentMb }));
    const tired = chooseTired(uses, limitMb, { now, recycledAt: this.#recycledAt });
    if (tired === null) return;
    this.#recycledAt = now;
    this.#tell({ type: "recycle", generation: tired.generation, mb: Math.round(tired.mb) });
  }
}
