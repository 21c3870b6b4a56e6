// Requests that wait until something serves: first come, first served, bounded by count and time.
import type { Lease } from "../core/upstream.ts";
import { UpstreamUnavailable } from "../core/upstream.ts";

interface Waiter {
  give(lease: Lease): void;
  refuse(error: unknown): void;
}

export class Hold {
  readonly #holdMs: number;
  readonly #limit: number;
  /** In the order of arrival. */
  readonly #waiters = new Set<Waiter>();

  constructor(holdMs: number, limit: number) {
    this.#holdMs = holdMs;
    this.#limit = limit;
  }

  get size(): number {
    return this.#waiters.size;
  }

  /** Rejects with UpstreamUnavailable after the holding time, or with the signal's reason. */
  wait(signal: AbortSignal): Promise<Lease> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(signal.reason);
        return;
      }
      if (this.#waiters.size >= this.#limit) {
        reject(new UpstreamUnavailable("too many requests are waiting for LiteLLM", 1));
        return;
      }
      const leave = (): void => {
        clearTimeout(timer);
        signal.removeEventListener("abort", onAbort);
        this.#waiters.delete(waiter);
      };
      const waiter: Waiter = {
        give: (lease) => {
          leave();
          resolve(lease);
        },
        refuse: (error) => {
          leave();
          reject(error);
        },
      };
      const onAbort = (): void => waiter.refuse(signal.reason);
      const timer = setTimeout(() => {
        waiter.refuse(new UpstreamUnavailable("LiteLLM did not become ready in time", 5));
      }, this.#holdMs);
      signal.addEventListener("abort", onAbort);
      this.#waiters.add(waiter);
    });
  }

  /** Hands out leases, longest waiting first, until `next` has no more. */
  admit(next: () => Lease | null): void {
    for (const waiter of this.#waiters) {
      const lease = next();
      if (lease === null) return;
      waiter.give(lease);
    }
  }

  refuse(error: UpstreamUnavailable): void {
    for (const waiter of this.#waiters) waiter.refuse(error);
  }
}
