// What the gateway does with each request header, by name.

export type HeaderKind =
  | "pass"
  | "drop"
  | "bearer"
  | "key"
  | "host"
  | "origin"
  | "fetch-site"
  | "content-type"
  | "content-length"
  | "transfer-encoding"
  | "connection"
  | "upgrade"
  | "anthropic-version"
  | "provider-data";

const KINDS: Readonly<Record<string, HeaderKind>> = {
  // The four places where a client's SDK puts its key.
  authorization: "bearer",
  "x-api-key": "key",
  "api-key": "key",
  "x-goog-api-key": "key",
  host: "host",
  origin: "origin",
  "sec-fetch-site": "fetch-site",
  "content-type": "content-type",
  "content-length": "content-length",
  "transfer-encoding": "transfer-encoding",
  connection: "connection",
  upgrade: "upgrade",
  "anthropic-version": "anthropic-version",
  // Credentials that a request brings for a direct route's provider: for the gateway alone.
  "x-sidelite-provider-data": "provider-data",
  "x-ogx-provider-data": "provider-data",
  "x-llamastack-provider-data": "provider-data",
  // Other credentials that LiteLLM would look at.
  "x-litellm-api-key": "drop",
  "ocp-apim-subscription-key": "drop",
  cookie: "drop",
  // Hop by hop.
  expect: "drop",
  "http2-settings": "drop",
  "keep-alive": "drop",
  "proxy-authenticate": "drop",
  "proxy-authorization": "drop",
  "proxy-connection": "drop",
  te: "drop",
  trailer: "drop",
  // Claims about earlier hops: there are none.
  forwarded: "drop",
  "x-real-ip": "drop",
};

/** Kinds by spelling as sent, so that the hot path lowers no case; bounded, since clients choose the spelling. */
const seen = new Map<string, HeaderKind>(Object.entries(KINDS));
const MAX_SEEN = 1024;

export function headerKind(name: string): HeaderKind {
  const known = seen.get(name);
  if (known !== undefined) return known;
  const lower = name.toLowerCase();
  const prefixed = lower.startsWith("x-forwarded-") || lower.startsWith("x-sidelite-");
  const kind = KINDS[lower] ?? (prefixed ? "drop" : "pass");
  if (seen.size < MAX_SEEN) seen.set(name, kind);
  return kind;
}
