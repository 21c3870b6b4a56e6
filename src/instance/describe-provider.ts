// A provider as `provider list` and `show` tell it: no secret, no reference expanded.
import { modelsUrl } from "../gateway/direct/base-url.ts";
import type { Provider } from "../gateway/direct/provider.ts";
import type { OpenedDirect } from "./direct-source.ts";

export interface ProviderView {
  readonly name: string;
  readonly enabled: boolean;
  /** null: each request or agent brings its own. */
  readonly url: string | null;
  readonly modelsUrl: string | null;
  /** `Authorization`, the header's name, `none`, or `from the request`. */
  readonly auth: string;
  /** `set`, never the key. */
  readonly key: "set" | "not set";
  readonly models: readonly string[];
  readonly disabledModels: readonly string[];
  readonly refreshSeconds: number | null;
  readonly dialect: string;
  readonly retries: number;
  /** Names alone. */
  readonly headers: readonly string[];
  readonly forwardHeaders: Readonly<Record<string, string>>;
  readonly agents: readonly string[];
}

export function describeProviders(opened: OpenedDirect): ProviderView[] {
  const { providers, disabledProviders } = opened.config;
  const on = [...providers.values()].map((provider) => describeProvider(opened, provider));
  return [...on, ...disabledProviders.map(describeDisabled)];
}

export function describeProvider(opened: OpenedDirect, provider: Provider): ProviderView {
  const { config, discovered } = opened;
  const { base, name } = provider;
  const known = [...new Set([...provider.models, ...(discovered.get(name) ?? [])])];
  const allowed = known.filter((model) => provider.allowed.matches(model));
  const users = config.agents.filter((agent) => agent.provider === provider);
  return {
    name,
    enabled: true,
    // Default parameters may be a credential.
    url: base && `${base.origin}${base.root}${base.version === null ? "" : `/${base.version}`}`,
    modelsUrl: base && modelsUrl({ ...base, parameters: [] }),
    auth: authOf(provider),
    key: provider.apiKey === null ? "not set" : "set",
    models: allowed.filter((model) => !provider.disabled.matches(model)),
    disabledModels: allowed.filter((model) => provider.disabled.matches(model)),
    refreshSeconds: provider.refresh.everySeconds,
    dialect: provider.dialect,
    retries: provider.retries,
    headers: provider.network.headers.map(([header]) => header),
    forwardHeaders: Object.fromEntries(
      provider.forwardHeaders.map((each) => [each.key, each.name]),
    ),
    agents: users.map((agent) => agent.name),
  };
}

function describeDisabled(name: string): ProviderView {
  return {
    name,
    enabled: false,
    url: null,
    modelsUrl: null,
    auth: "none",
    key: "not set",
    models: [],
    disabledModels: [],
    refreshSeconds: null,
    dialect: "auto",
    retries: 0,
    headers: [],
    forwardHeaders: {},
    agents: [],
  };
}

function authOf({ apiKey, authHeader, allowsNoAuth }: Provider): string {
  if (apiKey !== null) return authHeader ?? "Authorization";
  return allowsNoAuth ? "none" : "from the request";
}
