// A passthrough provider and an agent as the configuration gives them: complete, frozen, references resolved.
import type { YamlPath } from "../../core/document.ts";
import type { Secret } from "../../core/secret.ts";
import type { BaseUrl } from "./base-url.ts";
import type { Endpoints } from "./endpoints.ts";
import type { ModelMatcher } from "./model-pattern.ts";
import type { Network } from "./network-settings.ts";

export type Dialect = "auto" | "openai" | "anthropic";

/** `refresh_models`: how often /models is asked after the first answer. null: never again. */
export interface Refresh {
  readonly everySeconds: number | null;
}

export interface Provider {
  /** Where its fields stand in the configuration. */
  readonly path: YamlPath;
  /** Unique; for an agent's inline provider `<agent>` in angle brackets. */
  readonly name: string;
  /** null: each request brings its own (`allow_request_url`), or only agents' inline blocks use it. */
  readonly base: BaseUrl | null;
  /** Hosts, `host` or `host:port`, that a request's `passthrough_url` may name. */
  readonly requestHosts: readonly string[];
  readonly apiKey: Secret | null;
  /** `api_key` as written, a reference as a rule: what a LiteLLM entry gets. */
  readonly writtenKey: Secret | null;
  /** Lower or mixed case as written; null: `Authorization: Bearer <key>`. */
  readonly authHeader: string | null;
  /** `auth: none`: a request without any credential is sent. */
  readonly allowsNoAuth: boolean;
  readonly allowed: ModelMatcher;
  /** Models switched off one by one. */
  readonly disabled: ModelMatcher;
  /** Models that the user added by hand; discovery does not remove them. */
  readonly models: readonly string[];
  readonly refresh: Refresh;
  readonly network: Network;
  readonly forwardHeaders: readonly ForwardedHeader[];
  /** Further tries after a failure before the response's first byte. */
  readonly retries: number;
  readonly endpoints: Endpoints;
  readonly dialect: Dialect;
  /** The client's accept-encoding goes upstream. */
  readonly compression: boolean;
}

/** One entry of `forward_headers`. */
export interface ForwardedHeader {
  /** Key in the request's provider data. */
  readonly key: string;
  /** Outbound name as written. */
  readonly name: string;
}

export interface Agent {
  readonly name: string;
  readonly modelName: string;
  /** null: a root agent. */
  readonly parent: string | null;
  readonly passthrough: boolean;
  /** null: LiteLLM serves it, or its provider is disabled. */
  readonly provider: Provider | null;
  /** Its provider is switched off: its requests are refused, not sent elsewhere. */
  readonly isDisabled: boolean;
}

/** The sections `providers` and `agents`. */
export interface DirectConfig {
  readonly providers: ReadonlyMap<string, Provider>;
  /** Names of providers that are switched off. */
  readonly disabledProviders: readonly string[];
  readonly agents: readonly Agent[];
}

/** No slash: `provider/model` is split at the first one. */
export const PROVIDER_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;
