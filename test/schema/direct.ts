// The schema of `sidelite.providers` and `sidelite.agents`, which the gateway's direct routes read (passthrough.md).
import { ENDPOINT_NAMES } from "../../src/gateway/direct/endpoints.ts";
import { PRESET_NAMES } from "../../src/gateway/direct/presets.ts";
import { PROVIDER_NAME } from "../../src/gateway/direct/provider.ts";
import type { JsonSchema } from "./json-schema.ts";
import { choice, closed, FLAG, NUMBER, TEXT, TEXTS } from "./json-schema.ts";

const HEADERS: JsonSchema = { type: ["object", "null"], additionalProperties: TEXT };

export const TLS = closed({
  verify: FLAG,
  ca_only: FLAG,
  min_version: choice("TLSv1.2", "TLSv1.3"),
  ciphers: TEXTS,
  client_cert: TEXT,
  client_key: TEXT,
});

export const PROXY = closed({
  url: TEXT,
  http: TEXT,
  https: TEXT,
  no_proxy: TEXTS,
  cacert: TEXT,
  loopback: FLAG,
});

export const TIMEOUT = closed({ connect: NUMBER, read: NUMBER });

export const NETWORK = closed({
  tls: TLS,
  proxy: { anyOf: [PROXY, { enum: [false] }] },
  timeout: { anyOf: [NUMBER, TIMEOUT] },
  headers: HEADERS,
});

/** What a provider's block and an agent's inline block share. */
const FIELDS = {
  type: choice(...PRESET_NAMES),
  base_url: TEXT,
  allow_request_url: { type: ["array", "boolean", "string", "null"], items: { type: "string" } },
  api_key: TEXT,
  auth_header: TEXT,
  auth: choice("none"),
  allowed_models: TEXTS,
  disabled_models: TEXTS,
  models: TEXTS,
  refresh_models: { type: ["boolean", "number", "string", "null"] },
  network: NETWORK,
  forward_headers: HEADERS,
  extra_blocked_headers: TEXTS,
  retries: NUMBER,
  endpoints: {
    anyOf: [
      { enum: ["all", "openai", ...ENDPOINT_NAMES] },
      { type: "array", items: { enum: [...ENDPOINT_NAMES] }, minItems: 1 },
      { type: "null" },
    ],
  },
  dialect: choice("auto", "openai", "anthropic"),
  compression: FLAG,
} as const satisfies Record<string, JsonSchema>;

export const PROVIDER = closed({
  enabled: FLAG,
  provider_id: TEXT,
  provider_type: TEXT,
  // Llama Stack's form: what describes the provider stands one level deeper.
  config: closed(FIELDS),
  ...FIELDS,
});

export const AGENT = closed({
  model_name: TEXT,
  parent: TEXT,
  provider: TEXT,
  model_provider: TEXT,
  passthrough: FLAG,
  enabled: FLAG,
  ...FIELDS,
});

/** `PROVIDER` stands once, in `definitions`. */
const REFERENCE: JsonSchema = { $ref: "#/definitions/provider" };
const LIST: JsonSchema = { type: "array", items: REFERENCE };

export const PROVIDERS: JsonSchema = {
  anyOf: [
    {
      type: ["object", "null"],
      // `__disabled__` is what a conditional reference leaves of a name.
      propertyNames: { pattern: `${PROVIDER_NAME.source}|^__disabled__$` },
      properties: { inference: { anyOf: [LIST, REFERENCE] } },
      additionalProperties: REFERENCE,
    },
    LIST,
  ],
};

export const AGENTS: JsonSchema = { type: ["object", "null"], additionalProperties: AGENT };
