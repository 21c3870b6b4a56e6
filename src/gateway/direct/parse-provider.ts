// Parses one provider's fields; an agent's inline block inherits what it does not name.
import { Secret } from "../../core/secret.ts";
import type { BaseUrl } from "./base-url.ts";
import { parseBaseUrl } from "./base-url.ts";
import type { Fields } from "./fields.ts";
import {
  CREDENTIAL_HEADERS,
  isFramingHeader,
  isHeaderName,
  isHeaderValue,
} from "./header-names.ts";
import { createModelMatcher } from "./model-pattern.ts";
import { parseForwardHeaders } from "./parse-forward-headers.ts";
import { parseEndpoints, parseHosts, parseRefresh, parseRetries } from "./parse-behaviour.ts";
import type { NetworkContext } from "./parse-network.ts";
import { parseNetwork } from "./parse-network.ts";
import type { Preset } from "./presets.ts";
import { PRESET_NAMES, PRESETS } from "./presets.ts";
import type { Provider } from "./provider.ts";

/** `enabled` is the caller's to read: a disabled provider's variables are not required. */
export function parseProvider(
  name: string,
  fields: Fields,
  context: NetworkContext,
  inherit: Provider | null = null,
): Provider {
  const type = fields.choice("type", PRESET_NAMES);
  const preset: Preset | null = type === null ? null : PRESETS[type];
  const network = fields.mapping("network");
  const apiKey = parseKey(fields);
  return {
    path: fields.path,
    name,
    base: parseBase(fields, preset) ?? inherit?.base ?? null,
    requestHosts: parseHosts(fields) ?? inherit?.requestHosts ?? [],
    apiKey: apiKey ?? inherit?.apiKey ?? null,
    writtenKey:
      apiKey === null ? (inherit?.writtenKey ?? null) : new Secret(String(fields.raw("api_key"))),
    authHeader: parseAuthHeader(fields) ?? inherit?.authHeader ?? null,
    allowsNoAuth: parseAuth(fields, preset) || (inherit?.allowsNoAuth ?? false),
    allowed: matcher(fields, "allowed_models") ?? inherit?.allowed ?? createModelMatcher(null),
    disabled: matcher(fields, "disabled_models") ?? inherit?.disabled ?? createModelMatcher([]),
    models: fields.texts("models") ?? inherit?.models ?? [],
    refresh: parseRefresh(fields) ?? inherit?.refresh ?? { everySeconds: null },
    network: network === null && inherit ? inherit.network : parseNetwork(network, context),
    forwardHeaders: parseForwardHeaders(fields) ?? inherit?.forwardHeaders ?? [],
    retries: parseRetries(fields) ?? inherit?.retries ?? 0,
    endpoints: parseEndpoints(fields) ?? inherit?.endpoints ?? "all",
    dialect:
      fields.choice("dialect", ["auto", "openai", "anthropic"]) ?? inherit?.dialect ?? "auto",
    compression: fields.flag("compression") ?? inherit?.compression ?? false,
  };
}

/** What each request is authenticated with, were there no provider data but what `forward_headers` lists. */
export function hasCredential(provider: Provider): boolean {
  const own = provider.authHeader?.toLowerCase();
  const isCredential = (name: string) => {
    const lower = name.toLowerCase();
    return lower === own || CREDENTIAL_HEADERS.has(lower);
  };
  return (
    provider.apiKey !== null ||
    provider.allowsNoAuth ||
    provider.forwardHeaders.some((forwarded) => isCredential(forwarded.name)) ||
    provider.network.headers.some(([name]) => isCredential(name))
  );
}

function parseKey(fields: Fields): Secret | null {
  const key = fields.secret("api_key");
  if (key === null || isHeaderValue(key.reveal())) return key;
  const remedy = "look for a line break at its end";
  fields.fail("api_key", "contains a character that no HTTP header can carry", remedy);
  return null;
}

function parseBase(fields: Fields, preset: Preset | null): BaseUrl | null {
  const text = fields.text("base_url", { credential: true }) ?? preset?.baseUrl ?? null;
  if (text === null) return null;
  // Default parameters may be a credential.
  fields.keepNames("base_url", /\?[^]*/);
  const parsed = parseBaseUrl(text);
  if ("problem" in parsed) {
    fields.fail("base_url", parsed.problem, parsed.remedy);
    return null;
  }
  if (parsed.notice !== null) fields.notice("base_url", parsed.notice);
  return parsed.base;
}

function parseAuthHeader(fields: Fields): string | null {
  const name = fields.text("auth_header")?.trim() || null;
  if (name === null) return null;
  if (!isHeaderName(name)) fields.fail("auth_header", "is not a header name");
  else if (isFramingHeader(name.toLowerCase())) {
    fields.fail(
      "auth_header",
      `the header ${name} belongs to the connection and cannot carry a key`,
    );
  }
  return name;
}

function parseAuth(fields: Fields, preset: Preset | null): boolean {
  return fields.choice("auth", ["none"]) === "none" || preset?.needsKey === false;
}

function matcher(fields: Fields, name: string) {
  const patterns = fields.texts(name);
  return patterns === null ? null : createModelMatcher(patterns);
}
