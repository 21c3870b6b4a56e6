// Parses the `agents` section: each agent's model, parent and provider, named or inline as in Tracecat.
import { nearest } from "../../core/suggest.ts";
import { checkBases, checkKey, checkParent } from "./check-agents.ts";
import type { FieldsContext } from "./fields-context.ts";
import { Fields } from "./fields.ts";
import type { NetworkContext } from "./parse-network.ts";
import { hasCredential, parseProvider } from "./parse-provider.ts";
import type { ParsedProviders } from "./parse-providers.ts";
import type { Agent, Provider } from "./provider.ts";

const SECTION = ["sidelite", "agents"] as const;
const AGENT_FIELDS = new Set([
  "model_name",
  "parent",
  "provider",
  "model_provider",
  "passthrough",
  "enabled",
]);

export function parseAgents(
  value: unknown,
  known: ParsedProviders,
  context: FieldsContext,
  network: NetworkContext,
): Agent[] {
  const section = Fields.of(value, SECTION, context);
  const names = new Set(section.names);
  const used = new Set<string>();
  const owners = new Map<string, string>();
  const agents = section.names.flatMap((name) => {
    const fields = Fields.of(section.raw(name), [...SECTION, name], context);
    const agent = parseAgent(name, fields, known, network, used);
    checkParent(agent, fields, names);
    checkKey(agent, fields, owners);
    fields.refuseUnknown();
    return agent.modelName === "" ? [] : [agent];
  });
  checkBases(known, used);
  return agents;
}

function parseAgent(
  name: string,
  fields: Fields,
  known: ParsedProviders,
  network: NetworkContext,
  used: Set<string>,
): Agent {
  if (name.includes("::") || name.trim() === "") fields.fail(null, "is not a name for an agent");
  const modelName = fields.text("model_name") ?? "";
  if (modelName === "") fields.fail("model_name", "is missing");
  const common = {
    name,
    modelName,
    parent: fields.text("parent"),
    passthrough: fields.flag("passthrough") ?? false,
  };
  const enabled = fields.flag("enabled") !== false;
  const wanted = readProviderName(fields);
  if (!enabled || (wanted !== null && known.disabled.has(wanted))) {
    // Its variables are not required, so nothing more is read.
    for (const field of fields.names) fields.raw(field);
    return { ...common, provider: null, isDisabled: common.passthrough };
  }
  const named = wanted === null ? null : (known.providers.get(wanted) ?? null);
  const provider = readProvider(name, fields, named, network);
  if (wanted !== null) used.add(wanted);
  if (provider === null) reportMissing(fields, wanted, common.passthrough, known);
  else if (provider.base === null && provider.requestHosts.length === 0) {
    if (!fields.hasFailed("base_url"))
      fields.fail("base_url", "is missing, here and in its provider");
  } else if (!provider.allowed.matches(modelName)) {
    fields.warn(
      "model_name",
      `the provider's allowed_models do not allow ${modelName}: it gets 403`,
    );
  }
  return { ...common, provider, isDisabled: false };
}

/** `model_provider` is Tracecat's name of the field. */
function readProviderName(fields: Fields): string | null {
  const [ours, theirs] = [fields.text("provider"), fields.text("model_provider")];
  if (ours !== null && theirs !== null && ours !== theirs) {
    fields.fail("model_provider", "names another provider than `provider`", "keep one of the two");
  }
  return ours ?? theirs;
}

/** Fields of a provider make one of the agent's own; what they leave out is the named one's. */
function readProvider(
  name: string,
  fields: Fields,
  named: Provider | null,
  network: NetworkContext,
): Provider | null {
  if (fields.names.every((field) => AGENT_FIELDS.has(field))) return named;
  const inline = parseProvider(`<${name}>`, fields, network, named);
  if (!hasCredential(inline) && !fields.hasFailed("api_key")) {
    const remedy =
      "set api_key here, define the provider under sidelite.providers, or set auth: none";
    fields.fail("api_key", `the agent ${name} has no credential`, remedy);
  }
  const isElsewhere =
    named?.base && named.apiKey && inline.base && inline.base.origin !== named.base.origin;
  if (isElsewhere && inline.apiKey === named.apiKey) {
    fields.warn(
      "base_url",
      `the key of the provider ${named.name} goes to another host than the provider's`,
    );
  }
  return inline;
}

function reportMissing(
  fields: Fields,
  wanted: string | null,
  passthrough: boolean,
  known: ParsedProviders,
): void {
  const names = [...known.providers.keys()];
  const isOurs = fields.has("provider");
  // A managed agent's model_provider is LiteLLM's business.
  if (!passthrough && !isOurs) return;
  if (wanted === null) {
    fields.fail("passthrough", "needs a provider or a base_url", "name one of sidelite.providers");
    return;
  }
  const near = nearest(wanted, names);
  const remedy =
    near.length > 0 ? `did you mean ${near.join(" or ")}?` : "define it under sidelite.providers";
  fields.fail(isOurs ? "provider" : "model_provider", `there is no provider ${wanted}`, remedy);
}
