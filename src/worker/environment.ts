// The worker's environment: what would lead it past the proxy is removed, then the proxy's address and key are set.
import type { Environment } from "../core/host.ts";
import type { Secret } from "../core/secret.ts";
import type { AdapterName } from "./adapters.ts";
import { ADAPTERS } from "./adapters.ts";
import { matchLength } from "./name-patterns.ts";
import { extendNoProxy } from "./no-proxy.ts";

export interface ProxyAccess {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** This run's key for the worker. */
  readonly key: Secret;
  /** `--model`. */
  readonly model: string | null;
  /** What the chosen clients read, from litellm/clients. */
  readonly clientSet: Readonly<Record<string, string>>;
  readonly clientUnset: readonly string[];
  /** Provider keys that LiteLLM's configuration uses: the worker needs them no more. */
  readonly hidden: readonly string[];
  /** `sidelite.worker.hide-env` and `keep-env`: NAME or PREFIX_*; the more exact one wins, then hiding. */
  readonly hideEnv: readonly string[];
  readonly keepEnv: readonly string[];
}

export interface WorkerEnvironmentInput {
  readonly inherited: Environment;
  readonly adapter: AdapterName;
  readonly queueId: string | null;
  readonly apiKey: Secret | null;
  readonly controlPlaneUrl: string | null;
  /** null: no proxy, the environment stays as it is. */
  readonly access: ProxyAccess | null;
}

export interface WorkerEnvironment {
  readonly env: Record<string, string>;
  /** Names that were there and are not any more, sorted; values set anew are not among them. */
  readonly removed: readonly string[];
}

/** Each would send the worker to another model, endpoint or account than the proxy's (design 3.6). */
export const REMOVED = [
  "LITELLM_*",
  "OPENAI_BASE_URL",
  "OPENAI_API_BASE",
  "ANTHROPIC_BASE_URL",
  "ANTHROPIC_API_URL",
  "ANTHROPIC_API_KEY",
  "ANTHROPIC_AUTH_TOKEN",
  "ANTHROPIC_CUSTOM_HEADERS",
  "CLAUDE_CODE_USE_*",
  "KUBIYA_MODEL_OVERRIDE",
  "SINGLE_EXECUTION",
] as const;

export function buildWorkerEnvironment(input: WorkerEnvironmentInput): WorkerEnvironment {
  const { inherited, access } = input;
  const env: Record<string, string> = {};
  const removed: string[] = [];
  const mustGo = access === null ? () => false : removalRule(access);
  for (const [name, value] of Object.entries(inherited)) {
    // Unset and empty are two things: an empty value is passed on.
    if (value === undefined) continue;
    if (mustGo(name)) removed.push(name);
    else env[name] = value;
  }
  if (input.queueId !== null) env["QUEUE_ID"] = input.queueId;
  if (input.apiKey !== null) env["KUBIYA_API_KEY"] = input.apiKey.reveal();
  if (input.controlPlaneUrl !== null)
    env["CONTROL_PLANE_URL"] = withoutSlash(input.controlPlaneUrl);
  if (access !== null) Object.assign(env, proxyVariables(access, inherited, input.adapter));
  return { env, removed: removed.filter((name) => !(name in env)).toSorted() };
}

function removalRule(access: ProxyAccess): (name: string) => boolean {
  const byDefault = [...REMOVED, ...access.hidden, ...access.clientUnset];
  return (name) => {
    const hide = matchLength(name, access.hideEnv);
    const keep = matchLength(name, access.keepEnv);
    if (hide >= 0 || keep >= 0) return hide >= keep;
    return matchLength(name, byDefault) >= 0;
  };
}

function proxyVariables(
  access: ProxyAccess,
  inherited: Environment,
  adapter: AdapterName,
): Record<string, string> {
  const url = withoutSlash(access.url);
  const key = access.key.reveal();
  return {
    LITELLM_API_BASE: url,
    LITELLM_API_KEY: key,
    LITELLM_PROXY_API_BASE: url,
    LITELLM_PROXY_API_KEY: key,
    // The SDK would else fetch prices over the network at import.
    LITELLM_LOCAL_MODEL_COST_MAP: "True",
    ...extendNoProxy(inherited["NO_PROXY"], inherited["no_proxy"]),
    ...(access.model === null ? {} : { KUBIYA_MODEL_OVERRIDE: access.model }),
    ...ADAPTERS[adapter].proxyEnvironment,
    ...access.clientSet,
  };
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, "");
}
