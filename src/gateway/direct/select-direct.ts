// Makes the route of one request to a provider: checks the path, the provider data, the URL and the credential.
import type { Upstream } from "../../core/upstream.ts";
import { Refusal } from "../refusal.ts";
import type { BaseUrl } from "./base-url.ts";
import { joinPath, parseBaseUrl } from "./base-url.ts";
import { isEndpointAllowed, isEscapingPath } from "./endpoints.ts";
import { isLoopback } from "./no-proxy.ts";
import type { ProviderData } from "./provider-data.ts";
import { readProviderData, textOf } from "./provider-data.ts";
import type { ProviderHeaders } from "./provider-headers.ts";
import { buildProviderHeaders } from "./provider-headers.ts";
import type { UpstreamSource } from "./provider-upstreams.ts";
import type { Provider } from "./provider.ts";
import type { HeaderRule } from "./request-headers.ts";

export interface DirectRequest {
  /** Without query. */
  readonly path: string;
  /** The provider data headers, flat. */
  readonly headers: readonly string[];
}

export interface DirectRoute {
  /** Provider's name. */
  readonly id: string;
  readonly upstream: Upstream;
  readonly headers: HeaderRule;
  /** The request target as the upstream gets it. */
  path(url: string): string;
  /** For the log. */
  readonly warnings: readonly string[];
}

/** One for each snapshot: it keeps what does not depend on the request. */
export class DirectSelector {
  readonly #upstreams: UpstreamSource;
  readonly #plain = new WeakMap<Provider, ProviderHeaders>();

  constructor(upstreams: UpstreamSource) {
    this.#upstreams = upstreams;
  }

  select(request: DirectRequest, provider: Provider): DirectRoute | Refusal {
    const { name } = provider;
    if (isEscapingPath(request.path))
      return new Refusal("not-found", "The path contains . or .. segments");
    if (!isEndpointAllowed(request.path, provider.endpoints)) {
      return new Refusal("not-found", `The provider ${name} does not serve this path (endpoints)`);
    }
    const data = readProviderData(request.headers);
    if (data === "bad")
      return new Refusal("malformed", "The provider data header is not one JSON object");
    const base = chooseBase(provider, data);
    if (base instanceof Refusal) return base;
    const headers = this.#headers(provider, data, base.origin);
    if (!headers.isAuthorised) {
      const text = `The request brings no credential for the provider ${name}`;
      return new Refusal("unauthenticated", `${text}: send it in X-Sidelite-Provider-Data`);
    }
    return {
      id: name,
      upstream: this.#upstreams.get(provider, base.origin),
      headers: headers.rule,
      path: (url) => joinPath(base, url),
      warnings: headers.warnings,
    };
  }

  #headers(provider: Provider, data: ProviderData | null, origin: string): ProviderHeaders {
    if (data !== null || origin !== provider.base?.origin)
      return buildProviderHeaders(provider, data, origin);
    let plain = this.#plain.get(provider);
    if (plain === undefined) {
      plain = buildProviderHeaders(provider, null, origin);
      this.#plain.set(provider, plain);
    }
    return plain;
  }
}

/** `passthrough_url` counts only where the configuration lists its host. */
function chooseBase(provider: Provider, data: ProviderData | null): BaseUrl | Refusal {
  const { name, requestHosts } = provider;
  const text = data === null || requestHosts.length === 0 ? null : textOf(data, "passthrough_url");
  if (text === null) {
    return (
      provider.base ??
      new Refusal("malformed", `The provider ${name} needs passthrough_url in its data`)
    );
  }
  const parsed = parseBaseUrl(text);
  if ("problem" in parsed) return new Refusal("malformed", `passthrough_url ${parsed.problem}`);
  const url = new URL(parsed.base.origin);
  if (!requestHosts.includes(url.host)) {
    return new Refusal(
      "forbidden",
      `The host of passthrough_url is not in allow_request_url of ${name}`,
    );
  }
  if (url.protocol === "http:" && !isLoopback(url.hostname)) {
    return new Refusal("forbidden", "passthrough_url must be https://");
  }
  return parsed.base;
}
