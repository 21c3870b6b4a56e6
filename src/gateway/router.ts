// Where a request goes, and what must be known of its body before.
import type { Upstream } from "../core/upstream.ts";
import type { Principal } from "./access.ts";
import type { Head } from "./head.ts";
import type { HeaderPlan } from "./header-plan.ts";
import { Refusal } from "./refusal.ts";

/** `Route.id` of what goes to LiteLLM. */
export const LITELLM_ROUTE = "litellm";

export interface Need {
  /** The body's `model` must be known before a route is chosen. */
  readonly model: boolean;
  /** The body is JSON, to be scanned as it passes. */
  readonly scan: boolean;
  /** Body keys that refuse the request; null: what the scan finds wrong is the upstream's to say. */
  readonly refusedKeys: ReadonlySet<string> | null;
  /** Of a multipart form, whose field `model` is wanted. */
  readonly boundary?: string;
}

export interface Route {
  readonly id: string;
  readonly upstream: Upstream;
  readonly headers: HeaderPlan;
  /** The request target as the upstream gets it. */
  path(url: string): string;
  /** For a model list: what the gateway can answer itself. */
  readonly list: LocalList | null;
}

export interface LocalList {
  readonly names: readonly string[];
  /** The upstream is not asked at all; else only while it serves. */
  readonly always: boolean;
}

export interface Router {
  needs(head: Head, who: Principal): Need | Refusal;
  /** `model` from the body; null: none was found, or not asked for. */
  select(head: Head, who: Principal, model: string | null): Route | Refusal;
}

const NOTHING = new Refusal("not-found", "Nothing is served yet");

/** Before there is a configuration. */
export const NO_ROUTES: Router = { needs: () => NOTHING, select: () => NOTHING };
