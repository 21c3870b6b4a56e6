// The router with one route, to LiteLLM: its path rules, its body rules, whose key it sees.
import { BugError } from "../core/errors.ts";
import type { Secret } from "../core/secret.ts";
import type { Upstream } from "../core/upstream.ts";
import type { Principal } from "./access.ts";
import { bodyRule } from "./body-rule.ts";
import { buildPathRules } from "./paths.ts";
import { Refusal } from "./refusal.ts";
import type { Need, Route, Router } from "./router.ts";
import { LITELLM_ROUTE } from "./router.ts";

export interface LitellmRouterOptions {
  readonly upstream: Upstream;
  /** LiteLLM's own key; the client's never gets there. */
  readonly masterKey: Secret;
  /** `sidelite.allow-paths`. */
  readonly allowPaths: readonly string[];
  /** Configured model names, for `/v1/models` while LiteLLM boots. */
  readonly models: readonly string[];
}

/** They replace the user's configuration, key or answer; LiteLLM refuses other such keys itself. */
const OVERRIDES = ["user_config", "mock_response", "api_key"];
/** Would lead around a key's model list. */
const DETOURS = ["fallbacks", "context_window_fallbacks", "content_policy_fallbacks"];

const WORKER: Need = { model: false, scan: true, refusedKeys: new Set(OVERRIDES) };
const LIMITED: Need = { model: true, scan: true, refusedKeys: new Set([...OVERRIDES, ...DETOURS]) };
const MASTER: Need = { model: false, scan: true, refusedKeys: null };
const UNSCANNED: Need = { model: false, scan: false, refusedKeys: null };

const NOT_FOUND = new Refusal(
  "not-found",
  "This path is not served here; `sidelite.allow-paths` in the configuration adds paths",
);
const FOREIGN_MODEL = new Refusal("forbidden", "This key must not use this model");

export function buildLitellmRouter(options: LitellmRouterOptions): Router {
  const rules = buildPathRules(options.allowPaths);
  // Keys come and go with joined runs.
  const routes = new WeakMap<Principal, { readonly plain: Route; readonly list: Route }>();

  function routesOf(who: Principal): { readonly plain: Route; readonly list: Route } {
    let pair = routes.get(who);
    if (pair === undefined) {
      pair = buildRoutes(options, who);
      routes.set(who, pair);
    }
    return pair;
  }

  return {
    needs(head, who) {
      if (who.role === "master") return head.mediaType === "application/json" ? MASTER : UNSCANNED;
      const match = rules.match(head.path);
      if (match === null) return NOT_FOUND;
      const rule = bodyRule(head, match);
      if (rule instanceof Refusal) return rule;
      if (rule === "raw") return UNSCANNED;
      return who.models === null ? WORKER : LIMITED;
    },
    select(head, who, model) {
      const match = rules.match(head.path);
      const isList = match?.kind === "models" && head.method === "GET";
      if (isList) return routesOf(who).list;
      const { models } = who;
      if (models !== null) {
        // LiteLLM lets the path win over the body: each that is there must be allowed.
        const named = [match?.model ?? null, model].filter((name) => name !== null);
        if (named.length === 0 || named.some((name) => !models.has(name))) return FOREIGN_MODEL;
      }
      return routesOf(who).plain;
    },
  };
}

function buildRoutes(options: LitellmRouterOptions, who: Principal): { plain: Route; list: Route } {
  const { models } = who;
  const secret = who.credential === "master" ? options.masterKey : who.credential;
  const authorization = `Bearer ${secret.reveal()}`;
  if (/[^ -~]/.test(authorization)) throw new BugError("a key that is no header value");
  const plain: Route = {
    id: LITELLM_ROUTE,
    upstream: options.upstream,
    headers: { set: ["authorization", authorization], byLease: who.credential === "master" },
    path: (url) => url,
    list: null,
  };
  const names =
    models === null ? options.models : options.models.filter((name) => models.has(name));
  return { plain, list: { ...plain, list: { names, always: models !== null } } };
}
