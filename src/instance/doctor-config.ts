// doctor: the merged configuration, the variables it refers to, and the providers it names.
import { renderPlace } from "../core/place.ts";
import { lookUp } from "../core/references.ts";
import { parseYaml } from "../core/yaml.ts";
import { homesOf } from "../litellm/key-homes.ts";
import { findProvider } from "../litellm/providers.ts";
import { getOwn, itemsOf } from "../litellm/tree.ts";
import type { Check, Finding, Patient } from "./doctor-check.ts";
import { ok, toFinding } from "./doctor-check.ts";
import { reach } from "./doctor-network.ts";

export const CONFIG_CHECKS: readonly Check[] = [
  { name: "configuration", look: checkConfiguration },
  { name: "references", look: checkReferences },
  { name: "providers", look: checkProviders },
];

/** What prepare and the context layer say of a variable without a value. */
const UNSET = /variable .*is (?:not set|empty)/;
const REFERENCE = /^os\.environ\/(.+)$/;

async function checkConfiguration({
  problems,
  config,
  prepared,
}: Patient): Promise<readonly Finding[]> {
  const own = problems.filter(({ message }) => !UNSET.test(message));
  const findings = own.map((each) => toFinding(each, each.place ? renderPlace(each.place) : ""));
  if (findings.some(({ result }) => result === "failed")) return findings;
  const models = prepared ? [...prepared.models.exact, ...prepared.models.wildcard] : [];
  return [summarise(models, { config, prepared }), ...findings];
}

function summarise(
  models: readonly string[],
  { config, prepared }: Pick<Patient, "config" | "prepared">,
): Finding {
  if (prepared) return { result: "ok", message: `${models.length} models: ${models.join(", ")}` };
  if (config?.proxy.litellm) {
    return {
      result: "note",
      message: "the LiteLLM config cannot be used as long as references are missing",
    };
  }
  const remedy = "give one by --proxy-config-file, or `sidelite init` writes one";
  return { result: "note", message: "there is no LiteLLM config: the local proxy is off", remedy };
}

async function checkReferences({ problems, prepared }: Patient): Promise<readonly Finding[]> {
  const unset = problems.filter(({ message }) => UNSET.test(message));
  if (unset.length > 0) {
    return unset.map((each) => toFinding(each, each.place ? renderPlace(each.place) : ""));
  }
  if (prepared === null)
    return [{ result: "skipped", message: "there is no usable LiteLLM config" }];
  return ok("every variable that the configuration refers to has a value");
}

async function checkProviders({ prepared, context }: Patient): Promise<readonly Finding[]> {
  if (prepared === null)
    return [{ result: "skipped", message: "there is no usable LiteLLM config" }];
  const { value } = parseYaml(prepared.rendered, "LiteLLM's config");
  const env = { ...context.host.env, ...prepared.environment };
  const addresses = new Map<string, Set<string>>();
  for (const entry of itemsOf(getOwn(value, "model_list"))) {
    const parameters = getOwn(entry, "litellm_params");
    if (getOwn(parameters, "mock_response") !== undefined) continue;
    const url = addressOf(parameters, env);
    if (url === null) continue;
    const names = addresses.get(url) ?? new Set();
    addresses.set(url, names.add(String(getOwn(entry, "model_name"))));
  }
  if (addresses.size === 0) return ok("no provider's address is known beforehand");
  const { abort } = context.signals;
  return Promise.all(
    [...addresses].map(([url, names]) => reach([...names].join(", "), url, abort)),
  );
}

/** null: the provider's own library knows, or it depends on the account. */
function addressOf(
  parameters: unknown,
  env: Readonly<Record<string, string | undefined>>,
): string | null {
  const model = resolveText(getOwn(parameters, "model"), env) ?? "";
  const apiBase =
    resolveText(getOwn(parameters, "api_base"), env) ??
    resolveText(getOwn(parameters, "base_url"), env);
  if (apiBase !== null) return URL.canParse(apiBase) ? new URL(apiBase).origin : null;
  const customProvider = resolveText(getOwn(parameters, "custom_llm_provider"), env);
  const provider = findProvider({ model, apiBase, customProvider }, new Set());
  const region =
    resolveText(getOwn(parameters, "aws_region_name"), env) ??
    lookUp(env, "AWS_REGION_NAME") ??
    lookUp(env, "AWS_REGION");
  const [home] = provider === null ? [] : (homesOf(provider) ?? []);
  if (home === undefined) return null;
  const host = provider === "bedrock" && region !== null ? home.replace("*", region) : home;
  return host.includes("*") ? null : `https://${host}`;
}

function resolveText(
  value: unknown,
  env: Readonly<Record<string, string | undefined>>,
): string | null {
  if (typeof value !== "string" || value === "") return null;
  const name = REFERENCE.exec(value)?.[1];
  return name === undefined ? value : lookUp(env, name);
}
