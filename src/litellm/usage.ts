// Which providers and services a configuration uses, and whether their keys stand in it.
import { findProvider } from "./providers.ts";
import { entriesOf, getAt, getOwn, isMapping, itemsOf, mapScalars } from "./tree.ts";

export interface Usage {
  /** Provider, and whether some deployment of it has no key of its own. */
  readonly providers: ReadonlyMap<string, { readonly lacksKey: boolean }>;
  readonly services: ReadonlySet<string>;
  /** Single variables. */
  readonly names: ReadonlySet<string>;
}

const CALLBACK_LISTS = [
  "callbacks",
  "success_callback",
  "failure_callback",
  "service_callback",
  "input_callback",
  "audit_log_callbacks",
];
const KEYS = ["api_key", "litellm_credential_name", "azure_ad_token"];

/** `value` has every reference replaced by its value. */
export function collectUsage(value: unknown): Usage {
  const providers = new Map<string, { lacksKey: boolean }>();
  const names = new Set<string>();
  const add = (provider: string, lacksKey: boolean) => {
    providers.set(provider, { lacksKey: lacksKey || (providers.get(provider)?.lacksKey ?? false) });
  };
  const own = ownProviders(value);
  for (const deployment of itemsOf(getOwn(value, "model_list"))) {
    const parameters = getOwn(deployment, "litellm_params");
    const provider = findProvider(modelParameters(parameters), own);
    if (provider !== null) add(provider, !KEYS.some((key) => isText(getOwn(parameters, key))));
    if (getAt(deployment, ["model_info", "supported_environments"]) !== undefined) {
      names.add("LITELLM_ENVIRONMENT");
    }
  }
  mapScalars(value, (scalar, path) => {
    const isProvider = path.at(-1) === "custom_llm_provider" || path.at(-1) === "search_provider";
    if (isProvider && path[0] !== "model_list" && isText(scalar)) add(scalar, true);
    return scalar;
  });
  if (isMapping(getOwn(value, "default_vertex_config"))) add("vertex_ai", true);
  return { providers, services: collectServices(value), names };
}

/** Prefixes of `litellm_settings.custom_provider_map`. */
export function ownProviders(value: unknown): ReadonlySet<string> {
  const map = itemsOf(getAt(value, ["litellm_settings", "custom_provider_map"]));
  return new Set(map.map((item) => getOwn(item, "provider")).filter(isText));
}

export function modelParameters(parameters: unknown): Parameters<typeof findProvider>[0] {
  const text = (key: string) => {
    const value = getOwn(parameters, key);
    return isText(value) ? value : null;
  };
  return {
    model: text("model") ?? "",
    apiBase: text("api_base") ?? text("base_url"),
    customProvider: text("custom_llm_provider"),
  };
}

/** Names of `litellm_settings`' callbacks, those of teams as well. */
export function listCallbacks(value: unknown): string[] {
  const settings = getOwn(value, "litellm_settings");
  const teams = itemsOf(getOwn(settings, "default_team_settings"));
  return [settings, ...teams].flatMap((holder) =>
    CALLBACK_LISTS.flatMap((list) => {
      const written = getOwn(holder, list);
      return (Array.isArray(written) ? written : [written]).filter(isText);
    }),
  );
}

function collectServices(value: unknown): Set<string> {
  const services = new Set(listCallbacks(value).filter((name) => !name.includes(".")));
  const settings = getOwn(value, "litellm_settings");
  const add = (name: unknown) => {
    if (isText(name) && !name.includes(".")) services.add(name);
  };
  for (const guardrail of itemsOf(getOwn(value, "guardrails")))
    add(getAt(guardrail, ["litellm_params", "guardrail"]));
  for (const alert of itemsOf(getAt(value, ["general_settings", "alerting"]))) add(alert);
  if (getOwn(settings, "cache") === true) add(getAt(settings, ["cache_params", "type"]));
  add(getAt(value, ["general_settings", "key_management_system"]));
  for (const [name] of entriesOf(getOwn(value, "callback_settings"))) add(name);
  return services;
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}
