// What a configuration makes LiteLLM keep in its process alone: where there is any, one process serves.
import type { YamlPath } from "../core/document.ts";
import type { Finding } from "./findings.ts";
import type { SideliteSection } from "./sidelite-section.ts";
import { getAt, getOwn, itemsOf } from "./tree.ts";
import { listCallbacks } from "./usage.ts";

interface Kind {
  /** As `status` says it. */
  readonly words: string;
  readonly isKept: (value: unknown) => boolean;
  /** A Redis that the router has takes it out of the process. */
  readonly goesToRedis?: true;
}

/** Routing that counts. The others choose by chance or price; latencies each process learns for itself. */
const COUNTING = new Set([
  "least-busy",
  "usage-based-routing",
  "usage-based-routing-v2",
  "provider-budget-routing",
]);
/** Checks of the router that remember nothing. */
const FORGETFUL = new Set([
  "responses_api_deployment_check",
  "encrypted_content_affinity",
  "forward_client_headers_by_model_group",
]);

const KINDS: readonly Kind[] = [
  { words: "an in-memory cache", isKept: cachesInMemory },
  {
    words: "rate limits",
    isKept: (value) =>
      hasDeployment(value, ["rpm", "tpm"]) ||
      routerChecks(value).includes("enforce_model_rate_limits"),
  },
  {
    words: "limits of parallel requests",
    isKept: (value) =>
      hasDeployment(value, ["max_parallel_requests"]) ||
      hasAny(value, [
        ["router_settings", "default_max_parallel_requests"],
        ["general_settings", "max_parallel_requests"],
        ["general_settings", "global_max_parallel_requests"],
      ]),
  },
  {
    words: "budgets",
    isKept: (value) =>
      hasDeployment(value, ["max_budget", "budget_duration"]) ||
      routerChecks(value).includes("router_budget_limiting") ||
      hasAny(value, [
        ["litellm_settings", "max_budget"],
        ["litellm_settings", "max_user_budget"],
        ["litellm_settings", "max_end_user_budget"],
        ["litellm_settings", "max_internal_user_budget"],
        ["litellm_settings", "tag_budget_config"],
        ["router_settings", "provider_budget_config"],
      ]),
  },
  {
    words: "routing by use",
    isKept: (value) => {
      const settings = getOwn(value, "router_settings");
      const holders = [settings, ...itemsOf(getOwn(settings, "routing_groups"))];
      return holders.some((holder) => COUNTING.has(String(getOwn(holder, "routing_strategy"))));
    },
    goesToRedis: true,
  },
  {
    words: "the router's memory of earlier requests",
    isKept: (value) =>
      getAt(value, ["router_settings", "cache_responses"]) === true ||
      routerChecks(value).some((name) => !FORGETFUL.has(name)),
    goesToRedis: true,
  },
  {
    words: "Prometheus counters",
    isKept: (value) => listCallbacks(value).includes("prometheus"),
  },
  {
    // Each process would call every model, for money.
    words: "health checks in the background",
    isKept: (value) => getAt(value, ["general_settings", "background_health_checks"]) === true,
  },
  {
    words: "alerts",
    isKept: (value) => itemsOf(getAt(value, ["general_settings", "alerting"])).length > 0,
  },
  { words: "MCP sessions", isKept: (value) => hasAny(value, [["mcp_servers"]]) },
];

/** `value` has every reference replaced by its value; empty: any number of processes answers alike. */
export function listProcessState(value: unknown): string[] {
  const hasRedis = hasAny(value, [
    ["router_settings", "redis_host"],
    ["router_settings", "redis_url"],
  ]);
  return KINDS.filter(
    ({ isKept, goesToRedis }) => isKept(value) && !(hasRedis && goesToRedis === true),
  ).map(({ words }) => words);
}

/** A wish for several that cannot be granted. */
export function checkWish({ maxGenerations }: SideliteSection, kept: readonly string[]): Finding[] {
  if (maxGenerations === null || maxGenerations < 2 || kept.length === 0) return [];
  const message = `has no effect: LiteLLM keeps state in its process with this configuration (${kept.join(", ")})`;
  const remedy = "remove it, or what needs one process";
  return [
    {
      path: ["sidelite", "max-generations"],
      message,
      remedy,
      severity: "notice",
      rule: "no-effect",
    },
  ];
}

/** Without a type it is Redis (1.106.2); only `local` stays in the process. */
function cachesInMemory(value: unknown): boolean {
  const settings = getOwn(value, "litellm_settings");
  return (
    getOwn(settings, "cache") === true && getAt(settings, ["cache_params", "type"]) === "local"
  );
}

function hasDeployment(value: unknown, keys: readonly string[]): boolean {
  const parameters = itemsOf(getOwn(value, "model_list")).map((deployment) =>
    getOwn(deployment, "litellm_params"),
  );
  return parameters.some((holder) => keys.some((key) => isSet(getOwn(holder, key))));
}

function hasAny(value: unknown, paths: readonly YamlPath[]): boolean {
  return paths.some((path) => isSet(getAt(value, path)));
}

function routerChecks(value: unknown): string[] {
  return itemsOf(getAt(value, ["router_settings", "optional_pre_call_checks"])).map(String);
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}
