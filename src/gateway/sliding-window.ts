// What happened within the last minute, as a sum that moves along with the time.

interface Entry {
  at: number;
  amount: number;
}

export const WINDOW_MS = 60_000;
/** Nearer ones are one entry, so that a minute has at most 1,200 of them. */
const GRAIN_MS = 50;

/** Times are `performance.now()`: a clock that is set does not count. */
export class SlidingWindow {
  #entries: Entry[] = [];
  #sum = 0;

  add(at: number, amount: number): void {
    if (amount <= 0) return;
    const last = this.#entries.at(-1);
    if (last !== undefined && at - last.at < GRAIN_MS) last.amount += amount;
    else this.#entries.push({ at, amount });
    this.#sum += amount;
  }

  sum(now: number): number {
    const kept = this.#entries.findIndex(({ at }) => now - at < WINDOW_MS);
    const gone = this.#entries.splice(0, kept === -1 ? this.#entries.length : kept);
    for (const { amount } of gone) this.#sum -= amount;
    return this.#sum;
  }

  /** Milliseconds until the sum is below `limit`, if nothing more comes. */
  untilBelow(limit: number, now: number): number {
    let rest = this.sum(now);
    for (const { at, amount } of this.#entries) {
      if (rest < limit) return 0;
      rest -= amount;
      if (rest < limit) return at + WINDOW_MS - now;
    }
    return 0;
  }
}
