// The direct routes of a configuration: read, checked, and what LiteLLM is to serve for them.
import type { YamlPath } from "../core/document.ts";
import type { Problem } from "../core/errors.ts";
import type { Host } from "../core/host.ts";
import type { Place } from "../core/place.ts";
import type { Secret } from "../core/secret.ts";
import type { DirectConfig, Provider } from "../gateway/direct/provider.ts";
import { mergeIncludes } from "../litellm/includes.ts";
import { listModels } from "../litellm/models.ts";
import { entriesOf, getAt, isMapping, itemsOf } from "../litellm/tree.ts";
import type { LitellmDocuments } from "./read-litellm.ts";

/** `sidelite.providers` and `sidelite.agents`, complete. */
export interface Direct {
  readonly config: DirectConfig;
  /** Names for a person: what the routes serve now, no discovered list yet. */
  readonly models: readonly string[];
  /** Whether a request for this model leaves by a direct route. */
  serves(model: string): boolean;
  /** Variables with a provider's secret in them: the worker loses them. */
  readonly keyNames: readonly string[];
  /** Absolute paths of certificates and keys that providers' network settings name. */
  readonly files: readonly string[];
}

export interface ReadDirect {
  /** null: there is none, or none that can be used. */
  readonly direct: Direct | null;
  readonly secrets: readonly Secret[];
  /** Errors too, so that they are told together with those of the rest. */
  readonly problems: readonly Problem[];
  /** For `model_list`: agents with a provider of their own that LiteLLM serves. */
  readonly impliedModels: readonly unknown[];
  /** Their first index in `model_list`. */
  readonly impliedFrom: number;
}

const NOTHING: ReadDirect = {
  direct: null,
  secrets: [],
  problems: [],
  impliedModels: [],
  impliedFrom: Infinity,
};

export async function readDirect(
  { main, included }: LitellmDocuments,
  { env, home }: Pick<Host, "env" | "home">,
): Promise<ReadDirect> {
  const { value, place } = mergeIncludes(main, included);
  const providers = getAt(value, ["sidelite", "providers"]) ?? null;
  const agents = getAt(value, ["sidelite", "agents"]) ?? null;
  const isList = Array.isArray(providers);
  // Other types are the section's own problem.
  if (!isList && entriesOf(providers).length === 0 && entriesOf(agents).length === 0)
    return NOTHING;
  if ((!isList && providers !== null && !isMapping(providers)) || Array.isArray(agents))
    return NOTHING;
  // Start-up is hot: only who has direct routes pays for them.
  const { parseDirect } = await import("../gateway/direct/parse-direct.ts");
  const input = { providers, agents, place, env, home, baseDir: main.baseDir };
  const { config, secrets, secretNames, problems } = parseDirect(input);
  const all = [...problems, ...(await checkFiles(config, place))];
  if (all.some(({ severity }) => severity === "error")) return { ...NOTHING, problems: all };
  const { buildLitellmEntries } = await import("../gateway/direct/litellm-entries.ts");
  const names = listModels(value);
  const modelNames = new Set([...names.exact, ...names.aliases]);
  const impliedModels = buildLitellmEntries(config.agents, modelNames);
  const { direct, notices } = await describe(config, modelNames, secretNames);
  const impliedFrom = itemsOf(getAt(value, ["model_list"])).length;
  return { direct, secrets, problems: [...all, ...notices], impliedModels, impliedFrom };
}

/** Of agents' inline blocks too. */
export function listProviders({ providers, agents }: DirectConfig): Set<Provider> {
  const own = agents.flatMap(({ provider }) => (provider === null ? [] : [provider]));
  return new Set([...providers.values(), ...own]);
}

async function checkFiles(
  config: DirectConfig,
  place: (path: YamlPath) => Place,
): Promise<readonly Problem[]> {
  const { checkNetworks } = await import("../gateway/direct/check-networks.ts");
  return checkNetworks(config, place);
}

async function describe(
  config: DirectConfig,
  modelNames: ReadonlySet<string>,
  keyNames: readonly string[],
): Promise<{ direct: Direct; notices: readonly Problem[] }> {
  const { RouteTable } = await import("../gateway/direct/route-table.ts");
  const table = new RouteTable({ config, modelNames, discovered: new Map() });
  const direct: Direct = {
    config,
    models: table.models,
    serves: (model) => table.lookup(model).to === "provider",
    keyNames,
    files: listFiles(config),
  };
  return { direct, notices: table.notices };
}

function listFiles(config: DirectConfig): string[] {
  const named = [...listProviders(config)].flatMap(({ network: { tls, proxy } }) => [
    tls.ca,
    tls.clientCert,
    tls.clientKey,
    proxy.cacert,
  ]);
  return named.filter((file) => file !== null);
}
