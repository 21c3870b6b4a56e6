// "The key goes home": whether a model of someone else's settings may be combined with the keys of this machine.
import type { Destination, Refusal } from "../core/destination.ts";
import type { Environment } from "../core/host.ts";
import { isLoopback, matchesHost } from "../core/host-pattern.ts";
import { lookUp } from "../core/references.ts";
import { isHostingName } from "./hosting-names.ts";
import { providerNames } from "./implicit-names.ts";
import { homesOf, isLocalServer, providersAt } from "./key-homes.ts";
import { expandPatterns } from "./name-pattern.ts";
import { findProvider } from "./providers.ts";

/** null: whatever key goes there is at home there, or the user trusts the host. */
export function judgeDestination(
  { model, apiBase, variable }: Destination,
  trustedHosts: readonly string[],
  env: Environment,
): Refusal | null {
  if (variable !== null && isOurs(variable)) {
    const remedy = "name the variable of the provider's key";
    return { key: "api_key", message: `would send ${variable} to a provider`, remedy };
  }
  const url = apiBase === null ? null : parse(apiBase);
  if (apiBase !== null && url === null) {
    const remedy = "begin it with https://";
    return { key: "api_base", message: "is not an http or https address", remedy };
  }
  const providers = listProviders(model, apiBase, url);
  if (providers.length === 0) {
    const remedy = "name a provider whose keys have a known home, such as openai/ or azure/";
    const message = "names a provider that queue settings may not use";
    return { key: "model", message, remedy };
  }
  if (url && matchesHost(url, trustedHosts)) return null;
  const isHome = url === null || providers.some((provider) => isHomeOf(provider, url));
  if (variable !== null) return judgeVariable(variable, { providers, url, isHome, env });
  const atRisk = isHome || !url ? [] : providers.flatMap((provider) => implicitKeys(provider, env));
  return url && atRisk.length > 0 ? strayKey("api_base", atRisk.join(", "), url) : null;
}

interface Judged {
  readonly providers: readonly string[];
  readonly url: URL | null;
  readonly isHome: boolean;
  readonly env: Environment;
}

function judgeVariable(variable: string, { providers, url, isHome, env }: Judged): Refusal | null {
  const isOwn = providers.some((provider) =>
    expandPatterns(patternsOf(provider), { ...env, [variable]: "" }).includes(variable),
  );
  if (isOwn && isHome) return null;
  if (isOwn && url) return strayKey("api_base", variable, url);
  const remedy = `use the provider's own variable, or trust a host by \`trust-hosts\` under litellm-proxy: in your context`;
  const message = `would send ${variable}, which is not a key of ${providers[0]}, to it`;
  return { key: "api_key", message, remedy };
}

function strayKey(key: Refusal["key"], names: string, url: URL): Refusal {
  const remedy = `if you trust that host: \`trust-hosts: [${url.host}]\` under litellm-proxy: in your context`;
  return { key, message: `would send this machine's ${names} to ${url.host}`, remedy };
}

/** Variables with a value that LiteLLM would take for the provider by itself, or the name of a login it would use. */
function implicitKeys(provider: string, env: Environment): string[] {
  const { llm, cloud } = providerNames(provider);
  // Roles and login files need no variable.
  if (cloud !== undefined) return [`${provider} credentials`];
  return expandPatterns(split(llm), env).filter(
    (name) => !/_(?:BASE|URL|VERSION|HOST)$/.test(name) && lookUp(env, name) !== null,
  );
}

function isHomeOf(provider: string, url: URL): boolean {
  if (isLoopback(url)) return isLocalServer(provider);
  return url.protocol === "https:" && matchesHost(url, homesOf(provider) ?? []);
}

/** Those that LiteLLM may take it for; none that is not allowed. */
function listProviders(model: string, apiBase: string | null, url: URL | null): string[] {
  const found = findProvider({ model, apiBase, customProvider: null }, new Set());
  if (found === null) return [];
  if (homesOf(found) !== null) return [found];
  // A known address stands in for the provider's name.
  return url && found.includes(".") ? providersAt((patterns) => matchesHost(url, patterns)) : [];
}

function patternsOf(provider: string): string[] {
  const { llm, cloud } = providerNames(provider);
  return [...split(llm), ...split(cloud)];
}

/** The control plane's key, sidelite's and LiteLLM's own are no provider's. */
function isOurs(variable: string): boolean {
  return /^(?:KUBIYA|SIDELITE|LITELLM)_/.test(variable) || isHostingName(variable);
}

function parse(address: string): URL | null {
  if (!/^https?:\/\//i.test(address) || !URL.canParse(address)) return null;
  const url = new URL(address);
  return url.username === "" && url.password === "" ? url : null;
}

function split(names: string | undefined): string[] {
  return (names ?? "").split(/\s+/).filter((name) => name !== "");
}
