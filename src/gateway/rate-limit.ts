// Requests and tokens per minute of the whole instance, whichever generation of LiteLLM serves them.
import { Refusal } from "./refusal.ts";
import { SlidingWindow } from "./sliding-window.ts";

export interface RateLimits {
  /** Requests per minute; null: any number. */
  readonly rpm: number | null;
  /** Tokens per minute, known only when an answer has come: the next request waits. */
  readonly tpm: number | null;
}

const NO_LIMITS: RateLimits = { rpm: null, tpm: null };

/** One for the gateway's life; its limits change with the configuration, what was counted stays. */
export class RateLimiter {
  readonly #requests = new SlidingWindow();
  readonly #tokens = new SlidingWindow();
  readonly #now: () => number;
  #limits: RateLimits = NO_LIMITS;

  /** `now`: monotonic milliseconds. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  configure(limits: RateLimits): void {
    this.#limits = limits;
  }

  get countsTokens(): boolean {
    return this.#limits.tpm !== null;
  }

  /** Counts one request, or says why it must wait. */
  take(): Refusal | null {
    const { rpm, tpm } = this.#limits;
    const now = this.#now();
    if (rpm !== null && this.#requests.sum(now) >= rpm) {
      return refuse(`${rpm} requests`, this.#requests.untilBelow(rpm, now));
    }
    if (tpm !== null && this.#tokens.sum(now) >= tpm) {
      return refuse(`${tpm} tokens`, this.#tokens.untilBelow(tpm, now));
    }
    if (rpm !== null) this.#requests.add(now, 1);
    return null;
  }

  addTokens(count: number): void {
    this.#tokens.add(this.#now(), count);
  }
}

function refuse(what: string, waitMs: number): Refusal {
  const message = `The rate limit of ${what} per minute is reached (litellm_settings of this sidelite's configuration)`;
  const seconds = Math.max(1, Math.ceil(waitMs / 1000));
  return new Refusal("rate-limited", message, seconds, "rate_limit_exceeded");
}
