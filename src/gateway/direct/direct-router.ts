// The router in front of LiteLLM's: sends to a provider what the route table gives it, all else goes on.
import type { Principal } from "../access.ts";
import { hasBody } from "../body.ts";
import type { Head } from "../head.ts";
import { Refusal } from "../refusal.ts";
import type { Need, Route, Router } from "../router.ts";
import { isEventLogging } from "./claude-code.ts";
import { ModelsSink } from "./models-sink.ts";
import { NO_CONTENT } from "./local-upstream.ts";
import { readBoundary } from "./form-scan.ts";
import type { PathModel } from "./path-model.ts";
import { readPathModel } from "./path-model.ts";
import { buildRequestHeaders } from "./request-headers.ts";
import { rewriteUpstream } from "./rewrite-upstream.ts";
import type { Decision, RouteTable } from "./route-table.ts";
import type { DirectRoute, DirectSelector } from "./select-direct.ts";
import { sendBodyModel } from "./send-model.ts";

export interface DirectRouterOptions {
  readonly table: RouteTable;
  readonly selector: DirectSelector;
  /** LiteLLM's. */
  readonly fallback: Router;
  /** Warnings of a request; no value of it. */
  readonly log: (line: string) => void;
}

const UNSCANNED: Need = { model: false, scan: false, refusedKeys: null };
const ANY_PATH: Need = { model: true, scan: true, refusedKeys: null };
const FOREIGN_MODEL = new Refusal("forbidden", "This key must not use this model");
const TELEMETRY: Route = {
  id: "local",
  upstream: NO_CONTENT,
  headers: { set: [] },
  path: (url) => url,
  list: null,
};

export function buildDirectRouter({ table, selector, fallback, log }: DirectRouterOptions): Router {
  function toProvider(head: Head, decision: ToProvider, inPath: PathModel | null): Route | Refusal {
    const { provider, model } = decision;
    const route = selector.select({ path: head.path, headers: head.providerData }, provider);
    if (route instanceof Refusal) return route;
    for (const warning of route.warnings) log(`provider ${provider.name}: ${warning}`);
    return withModel(buildRoute(route), { ...decision, model, inPath, boundary: readForm(head) });
  }

  function toLitellm(head: Head, who: Principal, model: string | null): Route | Refusal {
    // A path that only providers serve was let through until the model was known.
    const need = fallback.needs(head, who);
    if (need instanceof Refusal) return need;
    const route = fallback.select(head, who, model);
    if (route instanceof Refusal || route.list === null || who.models !== null) return route;
    const names = table.models;
    const upstream = rewriteUpstream(route.upstream, (outgoing) => ({
      ...outgoing,
      sink: new ModelsSink(outgoing.sink, names),
    }));
    return { ...route, upstream, list: { ...route.list, names: [...route.list.names, ...names] } };
  }

  return {
    needs(head, who) {
      if (isEventLogging(head.path)) return UNSCANNED;
      const need = fallback.needs(head, who);
      if (table.isEmpty) return need;
      const boundary = readForm(head);
      if (boundary === null && !isJson(head)) return need;
      const form = boundary === null ? {} : { boundary };
      if (!(need instanceof Refusal)) return { ...need, model: true, scan: true, ...form };
      const isElsewhere = need.kind === "not-found" || boundary !== null;
      return isElsewhere ? { ...ANY_PATH, ...form } : need;
    },
    select(head, who, model) {
      if (isEventLogging(head.path)) return TELEMETRY;
      const inPath = readPathModel(head.path);
      const named = inPath?.model ?? model;
      if (named === null) return toLitellm(head, who, model);
      const decision = table.lookup(named);
      if (who.models !== null && !who.models.has(named)) return FOREIGN_MODEL;
      if (decision.to === "refused") {
        return new Refusal("forbidden", decision.message, null, decision.code);
      }
      if (decision.to === "provider") return toProvider(head, { ...decision, named }, inPath);
      const route = toLitellm(head, who, model);
      if (route instanceof Refusal) return route;
      return withModel(route, { named, model: decision.model, inPath, boundary: readForm(head) });
    },
  };
}

type ToProvider = Extract<Decision, { to: "provider" }> & { readonly named: string };

function isJson(head: Head): boolean {
  return hasBody(head) && (head.mediaType === null || head.mediaType === "application/json");
}

/** The boundary of a multipart form; null: it is none. */
function readForm(head: Head): string | null {
  if (head.mediaType !== "multipart/form-data" || !hasBody(head)) return null;
  const at = head.forward.findIndex(
    (name, index) => index % 2 === 0 && name.toLowerCase() === "content-type",
  );
  return readBoundary(head.forward[at + 1] ?? "");
}

function buildRoute(route: DirectRoute): Route {
  const upstream = rewriteUpstream(route.upstream, (outgoing) => ({
    ...outgoing,
    head: { ...outgoing.head, headers: buildRequestHeaders(outgoing.head.headers, route.headers) },
  }));
  return {
    id: route.id,
    upstream,
    headers: { set: [] },
    path: (url) => route.path(url),
    list: null,
  };
}

interface Asked {
  /** What the client asked for. */
  readonly named: string;
  /** What the upstream is to be asked for. */
  readonly model: string;
  readonly inPath: PathModel | null;
  /** Of a multipart form; null: the body is JSON. */
  readonly boundary: string | null;
}

function withModel(route: Route, { named, model, inPath, boundary }: Asked): Route {
  if (named === model) return route;
  if (inPath === null) {
    return { ...route, upstream: sendBodyModel(route.upstream, model, boundary) };
  }
  const replace = (url: string) => {
    const query = url.indexOf("?");
    return inPath.replace(model) + (query === -1 ? "" : url.slice(query));
  };
  return { ...route, path: (url) => route.path(replace(url)) };
}
