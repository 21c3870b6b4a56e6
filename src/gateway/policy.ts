// May the request go now, and what became of it: in-flight limits here, budgets of keys later.
import type { Principal } from "./access.ts";
import { Refusal } from "./refusal.ts";
import type { Route } from "./router.ts";

export interface RequestContext {
  readonly principal: Principal;
  readonly route: Route;
  readonly model: string | null;
}

export interface Admission {
  readonly context: RequestContext;
}

export interface Outcome {
  /** 0: the client left before an answer. */
  readonly status: number;
  readonly ms: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** Who ended it before its end. */
  readonly cut: "client" | "upstream" | null;
}

export interface Policy {
  admit(context: RequestContext): Admission | Refusal;
  /** Once for each admission. */
  settle(admission: Admission, outcome: Outcome): void;
}

const FULL = new Refusal("unavailable", "Too many requests at once", 1);

/** One for the gateway's life: a new snapshot takes it over, so that running requests stay counted. */
export function createPolicy(options: { readonly inFlight: number }): Policy {
  let inFlight = 0;
  return {
    admit(context) {
      if (inFlight >= options.inFlight) return FULL;
      inFlight += 1;
      return { context };
    },
    settle() {
      inFlight -= 1;
    },
  };
}
