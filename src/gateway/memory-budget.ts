// Bytes that all requests together may keep in memory.

export class MemoryBudget {
  #left: number;

  constructor(bytes: number) {
    this.#left = bytes;
  }

  reserve(): Reservation {
    let taken = 0;
    return {
      take: (bytes) => {
        if (bytes > this.#left) return false;
        this.#left -= bytes;
        taken += bytes;
        return true;
      },
      release: () => {
        this.#left += taken;
        taken = 0;
      },
    };
  }
}

/** One request's share. */
export interface Reservation {
  /** False: not enough is left, and nothing was taken. */
  take(bytes: number): boolean;
  release(): void;
}
