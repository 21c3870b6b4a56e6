// The table of design 3.2 and what came to it: every setting, what each layer calls it, how it is read, its default. Nothing else knows them.
import { parseApiKey } from "./parse-key.ts";
import { parseConfigFile, parseInlineConfig } from "./parse-litellm.ts";
import { parsePath } from "./parse-path.ts";
import {
  parseBoolean,
  parseName,
  parsePort,
  parseQueueSeconds,
  parseRestarts,
  parseSeconds,
} from "./parse-scalar.ts";
import { parseTrustHosts, parseTrustQueue } from "./parse-trust.ts";
import { parseControlPlaneUrl } from "./parse-url.ts";
import type { Setting, SettingName, SettingValues } from "./setting.ts";
import type { Spelling } from "./spelling.ts";

type Settings = { readonly [Name in SettingName]: Setting<SettingValues[Name]> };

export const SETTINGS: Settings = {
  enabled: {
    label: "enabled",
    flags: read(parseBoolean, "--enable-local-proxy"),
    negatable: true,
    emptyIsFault: true,
    env: read(parseBoolean, "KUBIYA_ENABLE_LOCAL_PROXY"),
    context: read(parseBoolean, "enabled"),
    queue: read(parseBoolean, "enable_local_litellm_proxy"),
    fallback: false,
    fallbackLabel: "false",
  },
  litellm: {
    label: "LiteLLM config",
    flags: [
      ...read(parseConfigFile, "--proxy-config-file"),
      ...read(parseInlineConfig, "--proxy-config-json"),
    ],
    env: [
      ...read(parseConfigFile, "KUBIYA_PROXY_CONFIG_FILE"),
      ...read(parseInlineConfig, "KUBIYA_PROXY_CONFIG_JSON"),
    ],
    context: [...read(parseConfigFile, "config-file"), ...read(parseInlineConfig, "config-json")],
    queue: read(parseInlineConfig, "litellm_config"),
    exclusive: true,
    fallback: null,
    fallbackLabel: "-",
  },
  model: {
    label: "model override",
    flags: read(parseName, "--model"),
    env: read(parseName, "KUBIYA_MODEL"),
    context: read(parseName, "model"),
    queue: [],
    fallback: null,
    fallbackLabel: "-",
  },
  readinessSeconds: {
    label: "readiness budget, s",
    flags: read(parseSeconds, "--proxy-timeout"),
    env: read(parseSeconds, "SIDELITE_PROXY_TIMEOUT"),
    context: read(parseSeconds, "timeout-seconds"),
    queue: read(parseQueueSeconds, "local_proxy_timeout_seconds"),
    fallback: 120,
    fallbackLabel: "120",
  },
  maxRestarts: {
    label: "restarts per 10 min",
    flags: read(parseRestarts, "--proxy-max-retries"),
    env: read(parseRestarts, "SIDELITE_PROXY_MAX_RETRIES"),
    context: read(parseRestarts, "max-retries"),
    queue: read(parseRestarts, "local_proxy_max_retries"),
    fallback: 5,
    fallbackLabel: "5",
  },
  port: {
    label: "gateway port",
    flags: read(parsePort, "--proxy-port"),
    env: read(parsePort, "SIDELITE_PROXY_PORT"),
    context: read(parsePort, "port"),
    queue: [],
    fallback: null,
    fallbackLabel: "auto",
  },
  controlPlaneUrl: {
    label: "control-plane URL",
    flags: read(parseControlPlaneUrl, "--control-plane-url"),
    env: read(
      parseControlPlaneUrl,
      "KUBIYA_CONTROL_PLANE_BASE_URL",
      "CONTROL_PLANE_GATEWAY_URL",
      "CONTROL_PLANE_URL",
    ),
    context: [
      { name: "api-url", section: "context", parse: parseControlPlaneUrl, credential: true },
    ],
    queue: [],
    fallback: "https://control-plane.kubiya.ai",
    fallbackLabel: "https://control-plane.kubiya.ai",
  },
  apiKey: {
    label: "API key",
    // Never a flag: argv is public.
    flags: [],
    env: read(parseApiKey, "KUBIYA_API_KEY"),
    context: [{ name: "token", section: "user", parse: parseApiKey, credential: true }],
    queue: [],
    fallback: null,
    fallbackLabel: "-",
  },
  context: {
    label: "context",
    flags: read(parseName, "--context"),
    env: read(parseName, "KUBIYA_CONTEXT"),
    context: [{ name: "current-context", section: "top", parse: parseName }],
    queue: [],
    fallback: null,
    fallbackLabel: "-",
  },
  contextFile: {
    label: "context file",
    flags: read(parsePath, "--config"),
    env: read(parsePath, "KUBIYA_CONFIG"),
    context: [],
    queue: [],
    // Depends on SIDELITE_HOME: sources.ts fills it in.
    fallback: null,
    fallbackLabel: "~/.kubiya/config",
  },
  trustQueue: contextOnly("trust in the queue", read(parseTrustQueue, "trust-queue")),
  trustHosts: contextOnly("trusted hosts", read(parseTrustHosts, "trust-hosts")),
};

/** In the order of the table. */
export const SETTING_NAMES = [
  "enabled",
  "litellm",
  "model",
  "readinessSeconds",
  "maxRestarts",
  "port",
  "controlPlaneUrl",
  "apiKey",
  "context",
  "contextFile",
  "trustQueue",
  "trustHosts",
] as const satisfies readonly SettingName[];

function read<T>(parse: Spelling<T>["parse"], ...names: readonly string[]): Spelling<T>[] {
  return names.map((name) => ({ name, parse }));
}

/** Only the user's own file can say whom the user trusts. */
function contextOnly<T>(label: string, context: readonly Spelling<T>[]): Setting<T> {
  return { label, flags: [], env: [], context, queue: [], fallback: null, fallbackLabel: "-" };
}
