// May the request go now, and what became of it: in-flight limits here, budgets of keys later.
import type { Principal } from "./access.ts";
import type { RateLimiter } from "./rate-limit.ts";
import { Refusal } from "./refusal.ts";
import type { Route } from "./router.ts";
import { LITELLM_ROUTE } from "./router.ts";

export interface RequestContext {
  readonly principal: Principal;
  readonly route: Route;
  readonly model: string | null;
  readonly method: string;
}

export interface Admission {
  readonly context: RequestContext;
  /** The answer's end is read for the tokens that it cost. */
  readonly countsTokens: boolean;
}

export interface Outcome {
  /** 0: the client left before an answer. */
  readonly status: number;
  readonly ms: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** Who ended it before its end. */
  readonly cut: "client" | "upstream" | null;
  /** As the answer says; 0 where it does not, or nobody counts them. */
  readonly tokens: number;
}

export interface Policy {
  admit(context: RequestContext): Admission | Refusal;
  /** Once for each admission. */
  settle(admission: Admission, outcome: Outcome): void;
}

export interface PolicyOptions {
  readonly inFlight: number;
  /** Of LiteLLM's models together. */
  readonly rates?: RateLimiter;
}

const FULL = new Refusal("unavailable", "Too many requests at once", 1);

/** One for the gateway's life: a new snapshot takes it over, so that running requests stay counted. */
export function createPolicy(options: PolicyOptions): Policy {
  const { rates = null } = options;
  let inFlight = 0;
  return {
    admit(context) {
      if (inFlight >= options.inFlight) return FULL;
      const counted = rates !== null && isCounted(context);
      const refusal = counted ? rates.take() : null;
      if (refusal !== null) return refusal;
      inFlight += 1;
      return { context, countsTokens: counted && rates.countsTokens };
    },
    settle(_, { tokens }) {
      inFlight -= 1;
      rates?.addTokens(tokens);
    },
  };
}

/** Model lists and the like cost nothing; a direct route is its provider's matter. */
function isCounted({ route, method }: RequestContext): boolean {
  return route.id === LITELLM_ROUTE && route.list === null && method === "POST";
}
