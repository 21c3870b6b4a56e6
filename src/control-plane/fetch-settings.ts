// Asks for a queue's settings within one time limit, again where that can help.
import { abortAfter } from "../core/abort-after.ts";
import { setTimeout as sleep } from "node:timers/promises";
import type { UserError } from "../core/errors.ts";
import type { Secret } from "../core/secret.ts";
import type { Outcome } from "./request-settings.ts";
import { requestSettings } from "./request-settings.ts";

export interface FetchOptions {
  readonly url: URL;
  readonly queueId: string;
  readonly apiKey: Secret;
  readonly signal: AbortSignal;
  readonly now: () => Date;
  /** Milliseconds on the monotonic clock. */
  readonly monotonic: () => number;
  /** From 0 to 1. */
  readonly random?: () => number;
  /** For all requests together, milliseconds. */
  readonly limitMs?: number;
  readonly retries?: number;
}

export type Fetched =
  | { readonly kind: "answer"; readonly body: Buffer }
  | { readonly kind: "down"; readonly reason: string }
  | { readonly kind: "refused"; readonly error: UserError };

/** A worker's start may wait that long (design 3.4). */
const LIMIT_MS = 10_000;
const RETRIES = 3;
const FIRST_PAUSE_MS = 250;

/** Rejects only when `signal` is aborted, with its reason. */
export async function fetchSettings(options: FetchOptions): Promise<Fetched> {
  const { signal, monotonic, random = Math.random, limitMs = LIMIT_MS } = options;
  const deadline = monotonic() + limitMs;
  const either = abortAfter(limitMs, signal);
  const late = { kind: "down", reason: `no whole answer in ${limitMs / 1000} s` } as const;
  try {
    for (let retry = 0; ; retry += 1) {
      const outcome = await requestSettings({ ...options, signal: either });
      if (outcome.kind !== "down") return outcome;
      if (retry === (options.retries ?? RETRIES)) return outcome;
      const pauseMs = pause(outcome, retry, random());
      if (monotonic() + pauseMs >= deadline) return tooLong(outcome, late);
      await sleep(pauseMs, undefined, { signal: either });
    }
  } catch (error) {
    signal.throwIfAborted();
    if (either.aborted) return late;
    throw error;
  }
}

/** Doubling, and each time anything from half of it, so that a fleet does not come back at once. */
function pause(
  { retryAfterMs }: Outcome & { kind: "down" },
  retry: number,
  random: number,
): number {
  const backoff = FIRST_PAUSE_MS * 2 ** retry * (0.5 + random / 2);
  return Math.max(backoff, retryAfterMs ?? 0);
}

function tooLong({ reason, retryAfterMs }: Outcome & { kind: "down" }, late: Fetched): Fetched {
  if (retryAfterMs === null) return late;
  const seconds = Math.ceil(retryAfterMs / 1000);
  return { kind: "down", reason: `${reason}, it wants to be asked in ${seconds} s again` };
}
