// Which header names may go where (passthrough 4). All sets hold lower-case names.

/** RFC 9110, 5.6.2. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

export function isHeaderName(name: string): boolean {
  return TOKEN.test(name);
}

/** Latin-1 without control characters, as HTTP/1.1 carries it. */
export function isHeaderValue(value: string): boolean {
  return /^[\t\u0020-\u007e\u0080-\u00ff]*$/.test(value);
}

/** RFC 9110, 7.6.1, with the names that older proxies use; `proxy-*` goes as a whole. */
export const HOP_BY_HOP: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "http2-settings",
]);

/** Credentials of the client: they are for the gateway, never for a provider. */
export const CREDENTIAL_HEADERS: ReadonlySet<string> = new Set([
  "authorization",
  "x-api-key",
  "api-key",
  "x-goog-api-key",
  "x-litellm-api-key",
  "ocp-apim-subscription-key",
  "cookie",
]);

/** In order of preference. */
export const PROVIDER_DATA_HEADERS = [
  "x-sidelite-provider-data",
  "x-ogx-provider-data",
  "x-llamastack-provider-data",
] as const;

/** Names that `forward_headers` can never set; `extra_blocked_headers` adds to them. */
export const CORE_BLOCKED_HEADERS: ReadonlySet<string> = new Set([
  ...HOP_BY_HOP,
  "host",
  "content-type",
  "content-length",
  "content-encoding",
  "accept-encoding",
  "expect",
  "cookie",
  "set-cookie",
  "forwarded",
  "proxy-authorization",
  "proxy-connection",
  "proxy-authenticate",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-proto",
  "x-forwarded-prefix",
  "x-real-ip",
]);

/** Names that would break the message itself, whoever sets them (`network.headers`, `auth_header`). */
export function isFramingHeader(lower: string): boolean {
  return (
    HOP_BY_HOP.has(lower) ||
    lower.startsWith("proxy-") ||
    lower === "host" ||
    lower === "content-length" ||
    lower === "expect"
  );
}
