// Spellings that today's LiteLLM refuses or ignores, made into what it understands; each with a notice (design 5).
import type { YamlPath } from "../core/document.ts";
import { nameProviders } from "./bare-models.ts";
import type { Finding } from "./findings.ts";
import type { Mapping } from "./tree.ts";
import { entriesOf, getOwn, isMapping, toMapping, withKey } from "./tree.ts";

interface Translated {
  readonly value: Mapping;
  readonly findings: readonly Finding[];
}

type Translation = (value: Mapping) => Translated;

/** `litellm.router_utils.routing_groups.VALID_ROUTING_STRATEGIES` of 1.106.2. */
export const ROUTING_STRATEGIES: readonly string[] = [
  "simple-shuffle",
  "lar1",
  "least-busy",
  "latency-based-routing",
  "cost-based-routing",
  "usage-based-routing-v2",
  "usage-based-routing",
  "provider-budget-routing",
];

const translations: readonly Translation[] = [
  nameProviders,
  routingStrategy,
  requestTimeout,
  defaultMetadata,
];

export function translate(value: Mapping): Translated {
  const findings: Finding[] = [];
  let current = value;
  for (const translation of translations) {
    const translated = translation(current);
    current = translated.value;
    findings.push(...translated.findings);
  }
  return { value: current, findings };
}

/** `latency-based` stops LiteLLM's start: the name is `latency-based-routing`. */
function routingStrategy(value: Mapping): Translated {
  const settings = value["router_settings"];
  const written = getOwn(settings, "routing_strategy");
  if (!isMapping(settings) || typeof written !== "string") return { value, findings: [] };
  const name = `${written}-routing`;
  if (!ROUTING_STRATEGIES.includes(name)) return { value, findings: [] };
  const path = ["router_settings", "routing_strategy"];
  const findings = [
    notice(path, `${written} is passed on as ${name}, LiteLLM's name for it`, `write ${name}`),
  ];
  return {
    value: withKey(value, "router_settings", withKey(settings, "routing_strategy", name)),
    findings,
  };
}

/** LiteLLM reads no `timeout` there; `request_timeout` is what is meant. */
function requestTimeout(value: Mapping): Translated {
  const settings = value["litellm_settings"];
  const timeout = getOwn(settings, "timeout");
  if (!isMapping(settings) || timeout === undefined) return { value, findings: [] };
  const hasBoth = getOwn(settings, "request_timeout") !== undefined;
  const without = withKey(settings, "timeout", undefined);
  const message = hasBoth
    ? "is left out: `request_timeout` stands beside it and is the one that LiteLLM reads"
    : "is passed on as `request_timeout`, which LiteLLM reads";
  const changed = hasBoth ? without : withKey(without, "request_timeout", timeout);
  const remedy = hasBoth ? "remove it" : "write request_timeout";
  return {
    value: withKey(value, "litellm_settings", changed),
    findings: [notice(["litellm_settings", "timeout"], message, remedy)],
  };
}

/** LiteLLM ignores it there; the router's defaults go with every request. */
function defaultMetadata(value: Mapping): Translated {
  const settings = value["litellm_settings"];
  const metadata = getOwn(settings, "metadata");
  if (!isMapping(settings) || metadata === undefined) return { value, findings: [] };
  const path = ["litellm_settings", "metadata"];
  const router = value["router_settings"] ?? toMapping([]);
  const defaults = getOwn(router, "default_litellm_params") ?? toMapping([]);
  const own = getOwn(defaults, "metadata") ?? toMapping([]);
  if (![metadata, router, defaults, own].every(isMapping)) {
    const message = "has no effect: LiteLLM ignores it here";
    return { value, findings: [notice(path, message, "write a mapping: metadata: {name: value}")] };
  }
  const joined = toMapping([...entriesOf(metadata), ...entriesOf(own)]);
  const params = withKey(toMapping(entriesOf(defaults)), "metadata", joined);
  const changed = withKey(toMapping(entriesOf(router)), "default_litellm_params", params);
  const without = withKey(value, "litellm_settings", withKey(settings, "metadata", undefined));
  const message =
    "is passed on as `router_settings.default_litellm_params.metadata`, which LiteLLM adds to every request";
  return {
    value: withKey(without, "router_settings", changed),
    findings: [notice(path, message, "write it there")],
  };
}

function notice(path: YamlPath, message: string, remedy: string): Finding {
  return { path, message, remedy, severity: "notice", rule: "translated" };
}
