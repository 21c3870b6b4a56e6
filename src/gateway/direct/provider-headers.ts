// The headers that one request gets from its provider: fixed ones, forwarded ones, the credential.
import { chooseCredential } from "./credential.ts";
import { headersToRemove } from "./dialect.ts";
import { CREDENTIAL_HEADERS } from "./header-names.ts";
import { parseOrigin } from "./choose-proxy.ts";
import type { ProviderData } from "./provider-data.ts";
import { forwardedHeaders, textOf } from "./provider-data.ts";
import type { Provider } from "./provider.ts";
import type { HeaderRule } from "./request-headers.ts";
import { mergeHeaders } from "./request-headers.ts";

export interface ProviderHeaders {
  readonly rule: HeaderRule;
  /** false: there is no credential, and the provider asks for one. */
  readonly isAuthorised: boolean;
  /** For the log. */
  readonly warnings: readonly string[];
}

const IDENTITY = [["Accept-Encoding", "identity"]] as const;
const NO_DATA: ProviderData = {};

/**
 * `origin` is where the request goes. Where the caller chose it, and it is not the provider's own, neither the
 * provider's key nor its fixed credentials go along.
 */
export function buildProviderHeaders(
  provider: Provider,
  data: ProviderData | null,
  origin: string,
): ProviderHeaders {
  const isOwn = provider.base?.origin === origin;
  const fixed = provider.network.headers.filter(([name]) => isOwn || !isCredential(name, provider));
  const { headers: forwarded, warnings } = forwardedHeaders(
    data ?? NO_DATA,
    provider.forwardHeaders,
  );
  const credential = chooseCredential({
    apiKey: isOwn ? (provider.apiKey?.reveal() ?? null) : null,
    requestKey: data && textOf(data, "passthrough_api_key"),
    forwarded,
    fixed,
    authHeader: provider.authHeader,
  });
  const added = mergeHeaders(
    provider.compression ? [] : IDENTITY,
    fixed,
    forwarded,
    credential.header === null ? [] : [credential.header],
  );
  return {
    rule: { added, removed: headersToRemove(provider.dialect, parseOrigin(origin).host) },
    isAuthorised: provider.allowsNoAuth || credential.source !== "none",
    warnings,
  };
}

function isCredential(name: string, provider: Provider): boolean {
  const lower = name.toLowerCase();
  return CREDENTIAL_HEADERS.has(lower) || lower === provider.authHeader?.toLowerCase();
}
