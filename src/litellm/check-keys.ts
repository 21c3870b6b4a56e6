// Keys that LiteLLM does not read: kept, but said, with what may be meant.
import type { YamlPath } from "../core/document.ts";
import { nearest } from "../core/suggest.ts";
import type { Finding } from "./findings.ts";
import { GENERAL_SETTINGS } from "./known-general-settings.ts";
import { LITELLM_PARAMS, MODEL_INFO } from "./known-model-keys.ts";
import { LITELLM_SETTINGS, ROUTER_SETTINGS, TOP_LEVEL } from "./known-settings.ts";
import type { Checked } from "./rule.ts";
import { hasSecretManager } from "./secret-manager.ts";
import { entriesOf, getAt, getOwn, itemsOf } from "./tree.ts";

const SECTIONS = [
  ["litellm_settings", LITELLM_SETTINGS],
  ["router_settings", ROUTER_SETTINGS],
  ["general_settings", GENERAL_SETTINGS],
] as const;
// Said by the translations.
const TRANSLATED = new Set(["rpm", "tpm", "metadata", "timeout"]);
const REDIS_ADDRESS = /^(?:redis_)?(?:host|url|startup_nodes|sentinel_nodes)$/;
const DEPLOYMENT = new Set(["model_name", "litellm_params", "model_info", "blocked"]);

export function unknownSettings({ written, strict }: Checked): Finding[] {
  const top = keysOf(written, []).filter(({ key }) => !TOP_LEVEL.has(key));
  const inside = SECTIONS.flatMap(([section, known]) =>
    keysOf(written, [section]).filter(({ key }) => !known.has(key) && !isTranslated(section, key)),
  );
  return [...top, ...inside].map(({ key, path }) => {
    const severity = strict ? "error" : "warning";
    return {
      path,
      message: "is not known to LiteLLM",
      remedy: remedyFor(key, path),
      severity,
      rule: "unknown-key",
    };
  });
}

/** Anything may be a provider's parameter, so only slips are said. */
export function misspelledModelKeys({ written, strict }: Checked): Finding[] {
  return itemsOf(getOwn(written, "model_list")).flatMap((_, index) => {
    const at = ["model_list", index];
    const own = keysOf(written, at).filter(({ key }) => !DEPLOYMENT.has(key));
    return [
      ...own.map(({ key, path }) => misplacedOrUnknown(key, path, strict)),
      ...slips(written, [...at, "litellm_params"], LITELLM_PARAMS, strict),
      ...slips(written, [...at, "model_info"], MODEL_INFO, strict),
    ];
  });
}

/** LiteLLM never reads it there, so every request would be refused or let in with another key. */
export function misplacedMasterKey({ written }: Checked): Finding[] {
  return [[], ["litellm_settings"], ["router_settings"]]
    .map((section) => [...section, "master_key"])
    .filter((path) => getAt(written, path) !== undefined)
    .map((path) => ({
      path,
      message: "is never read here",
      remedy: "move it to general_settings.master_key",
      rule: "misplaced",
    }));
}

export function noDatabase({ written }: Checked): Finding[] {
  if (getAt(written, ["general_settings", "database_url"]) === undefined) return [];
  const message = "is not supported yet: inside sidelite nothing would migrate the database";
  const remedy = "remove it; chat, streams and models need no database";
  return [{ path: ["general_settings", "database_url"], message, remedy, rule: "database" }];
}

/** LiteLLM would look for REDIS_HOST, and the shell's is not handed on. */
export function redisHasAddress({ resolved, given }: Checked): Finding[] {
  const settings = getOwn(resolved, "litellm_settings");
  const parameters = getOwn(settings, "cache_params");
  const type = getOwn(parameters, "type") ?? "redis";
  if (getOwn(settings, "cache") !== true || typeof type !== "string") return [];
  if (!type.startsWith("redis")) return [];
  const isNamed = entriesOf(parameters).some(([key]) => REDIS_ADDRESS.test(key));
  if (isNamed || [...given].some((name) => name.startsWith("REDIS_"))) return [];
  const path = ["litellm_settings", "cache_params", "host"];
  const message = "is needed: the shell's REDIS_HOST is not handed on to LiteLLM";
  const remedy = "add host and port, or REDIS_* to sidelite.proxy.pass-env";
  return [{ path, message, remedy, severity: "warning", rule: "redis-address" }];
}

/** Else LiteLLM asks the manager for sidelite's own variables too, and goes without its master key. */
export function secretManagerIsBounded({ written }: Checked): Finding[] {
  const settings = getOwn(written, "general_settings");
  const management = getOwn(settings, "key_management_settings");
  const isUsed = hasSecretManager(written) && getOwn(management, "access_mode") !== "write_only";
  if (!isUsed || getOwn(management, "hosted_keys") !== undefined) return [];
  const path = ["general_settings", "key_management_settings", "hosted_keys"];
  const remedy = "list the names that the secret manager holds";
  return [{ path, message: "is needed beside a secret manager", remedy, rule: "secret-manager" }];
}

function slips(
  written: unknown,
  at: YamlPath,
  known: ReadonlySet<string>,
  strict: boolean,
): Finding[] {
  return keysOf(written, at).flatMap(({ key, path }): Finding[] => {
    const [near] = known.has(key) || key.length < 4 ? [] : nearest(key, known);
    if (near === undefined || near.startsWith(key)) return [];
    const severity = strict ? "error" : "warning";
    const remedy = `did you mean ${near}?`;
    return [{ path, message: "is not known to LiteLLM", remedy, severity, rule: "unknown-key" }];
  });
}

function misplacedOrUnknown(key: string, path: YamlPath, strict: boolean): Finding {
  const severity = strict ? "error" : "warning";
  const [near] = nearest(key, DEPLOYMENT);
  const holder = LITELLM_PARAMS.has(key)
    ? "litellm_params"
    : MODEL_INFO.has(key)
      ? "model_info"
      : null;
  const remedy = near
    ? `did you mean ${near}?`
    : holder
      ? `move it below ${holder}`
      : "remove it, or move it below litellm_params or model_info";
  return { path, message: "has no effect here", remedy, severity, rule: "unknown-key" };
}

function remedyFor(key: string, path: YamlPath): string {
  const section = path.length === 1 ? null : path[0];
  const home = SECTIONS.find(([name, known]) => name !== section && known.has(key))?.[0];
  const own = SECTIONS.find(([name]) => name === section)?.[1] ?? TOP_LEVEL;
  const [near] = nearest(key, [...own, ...(section === null ? ["sidelite"] : [])]);
  if (near !== undefined) return `did you mean ${near}?`;
  if (home !== undefined) return `move it below ${home}`;
  return TOP_LEVEL.has(key) ? "move it to the top level" : "remove it if it has no purpose";
}

function isTranslated(section: string, key: string): boolean {
  return section === "litellm_settings" && TRANSLATED.has(key);
}

function keysOf(value: unknown, path: YamlPath): { key: string; path: YamlPath }[] {
  return entriesOf(getAt(value, path)).map(([key]) => ({ key, path: [...path, key] }));
}
