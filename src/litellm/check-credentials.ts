// Check of credentials: a provider whose key stands nowhere answers every request with an error.
import { deployments } from "./check-models.ts";
import type { Finding } from "./findings.ts";
import { providerNames } from "./implicit-names.ts";
import { findProvider } from "./providers.ts";
import type { Checked } from "./rule.ts";
import { getAt, getOwn } from "./tree.ts";
import { modelParameters, ownProviders } from "./usage.ts";
import { words } from "./words.ts";

/** They serve without a key, or take it from elsewhere: a role, a profile, a signed-in program, a local server. */
const KEYLESS = words(`
  a2a a2a_agent auto_router custom docker_model_runner dotprompt github_copilot chatgpt
  hosted_vllm infinity lemonade llamafile lm_studio oobabooga ollama ollama_chat openai_like
  petals ragflow triton vllm xinference litellm_proxy oci sap snowflake watsonx watsonx_text
  gigachat databricks datarobot langgraph litellm_agent manus
`);
const OWN_KEYS = [
  "api_key",
  "azure_ad_token",
  "litellm_credential_name",
  "client_secret",
  "tenant_id",
  "extra_headers",
  "mock_response",
  "aws_access_key_id",
  "vertex_credentials",
  "use_in_pass_through",
];
const KEY_NAME = /(?:_KEY|_TOKEN|_JWT|_SECRET)$/;
/** `azure_ad_token_provider` and the like find a cloud identity without any variable. */
const CLOUD_IDENTITY = ["enable_azure_ad_token_refresh"];

export function providersHaveKeys({ written, resolved, present, given }: Checked): Finding[] {
  const settings = getOwn(resolved, "litellm_settings");
  const own = ownProviders(resolved);
  // A secret manager or a credential list may hold it.
  if (getAt(resolved, ["general_settings", "key_management_system"]) !== undefined) return [];
  if (CLOUD_IDENTITY.some((key) => getOwn(settings, key) === true)) return [];
  return deployments(resolved).flatMap(({ parameters, path }): Finding[] => {
    const provider = findProvider(modelParameters(parameters), own);
    if (provider === null || own.has(provider) || KEYLESS.has(provider)) return [];
    // A reference that is not set has been told already.
    const asWritten = getAt(written, path);
    if (OWN_KEYS.some((key) => isSet(getOwn(asWritten, key)))) return [];
    if (isSet(getOwn(settings, "api_key")) || isSet(getOwn(settings, `${provider}_key`))) return [];
    const { llm, cloud } = providerNames(provider);
    // With a cloud's own ways to sign in nothing can be said from here.
    if (llm === undefined || (cloud !== undefined && provider !== "gemini")) return [];
    const readable = new Set([...present, ...given]);
    const patterns = llm.split(/\s+/);
    const isThere = [...readable].some(
      (name) => KEY_NAME.test(name) && patterns.some((pattern) => matches(name, pattern)),
    );
    if (isThere) return [];
    const name = patterns.find((pattern) => pattern.endsWith("*") || KEY_NAME.test(pattern));
    if (name === undefined) return [];
    const message = `has no key: neither api_key here nor ${name} in the environment`;
    const remedy = name.endsWith("*")
      ? "write api_key: os.environ/NAME"
      : `export ${name}, or write api_key: os.environ/NAME`;
    const at = [...path, "api_key"];
    return [{ path: at, message, remedy, severity: "warning", rule: "missing-credential" }];
  });
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null && value !== "";
}

function matches(name: string, pattern: string): boolean {
  return pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}
