// How a provider is reached: TLS, proxy, time limits and headers, complete and frozen.
import type { Secret } from "../../core/secret.ts";
import type { NoProxy } from "./no-proxy.ts";

export interface TlsSettings {
  /** false: any certificate is taken. */
  readonly verify: boolean;
  /** Absolute path of a CA file, added to the roots that Node trusts. */
  readonly ca: string | null;
  /** `ca` alone is trusted. */
  readonly caOnly: boolean;
  /** null: Node's default, TLS 1.2. */
  readonly minVersion: "TLSv1.2" | "TLSv1.3" | null;
  /** OpenSSL names; empty: Node's default. */
  readonly ciphers: readonly string[];
  /** Absolute paths, both or neither. */
  readonly clientCert: string | null;
  readonly clientKey: string | null;
}

export interface ProxyServer {
  readonly isTls: boolean;
  readonly host: string;
  readonly port: number;
  /** `Proxy-Authorization`, from the URL's user and password. */
  readonly authorization: Secret | null;
}

export interface ProxySettings {
  /** For upstreams with http:// and https://. */
  readonly http: ProxyServer | null;
  readonly https: ProxyServer | null;
  /** Absolute path: trusted for TLS to the proxy, and for upstreams that the proxy intercepts. */
  readonly cacert: string | null;
  readonly noProxy: NoProxy;
  /** Upstreams on this machine use the proxy too. */
  readonly loopback: boolean;
}

export interface Network {
  readonly tls: TlsSettings;
  readonly proxy: ProxySettings;
  /** Name look-up, TCP, proxy and TLS together. */
  readonly connectMs: number;
  /** The longest gap between bytes, the first one included. */
  readonly readMs: number;
  /** On every request to the provider. */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

export const DEFAULT_TLS: TlsSettings = Object.freeze({
  verify: true,
  ca: null,
  caOnly: false,
  minVersion: null,
  ciphers: [],
  clientCert: null,
  clientKey: null,
});

/** As long as a first connection over a bad line needs. */
export const DEFAULT_CONNECT_MS = 10_000;
/** What the OpenAI and Anthropic SDKs wait for an answer. */
export const DEFAULT_READ_MS = 600_000;
