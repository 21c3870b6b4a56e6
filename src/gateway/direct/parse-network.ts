// Parses a provider's `network:` block: TLS, time limits and headers. The proxy is parse-proxy.ts.
import type { Fields } from "./fields.ts";
import {
  CREDENTIAL_HEADERS,
  isFramingHeader,
  isHeaderName,
  isHeaderValue,
} from "./header-names.ts";
import type { Network, ProxySettings, TlsSettings } from "./network-settings.ts";
import { DEFAULT_CONNECT_MS, DEFAULT_READ_MS, DEFAULT_TLS } from "./network-settings.ts";
import { parseProxy } from "./parse-proxy.ts";
import { parseSwitch } from "./switch.ts";

export interface NetworkContext {
  /** What a provider without `network:` uses. */
  readonly defaults: Network;
  /** Makes a written path absolute (`~`, relative to the configuration file). */
  path(written: string): string;
}

const MAX_TIMEOUT_SECONDS = 86_400;
// Lest a header's value be shown because its name was not thought of.
const SECRET_NAME = /key|token|secret|password|credential|auth/i;

export function defaultNetwork(proxy: ProxySettings): Network {
  return {
    tls: DEFAULT_TLS,
    proxy,
    connectMs: DEFAULT_CONNECT_MS,
    readMs: DEFAULT_READ_MS,
    headers: [],
  };
}

export function parseNetwork(network: Fields | null, context: NetworkContext): Network {
  if (network === null) return context.defaults;
  const tls = network.mapping("tls");
  const parsed: Network = {
    tls: tls === null ? DEFAULT_TLS : parseTls(tls, context),
    proxy: parseProxy(network, context),
    ...parseTimeout(network),
    headers: parseHeaders(network.mapping("headers")),
  };
  network.refuseUnknown();
  return parsed;
}

function parseTls(tls: Fields, context: NetworkContext): TlsSettings {
  const { verify, ca } = parseVerify(tls, context);
  const caOnly = tls.flag("ca_only") ?? false;
  if (caOnly && ca === null) {
    tls.fail("ca_only", "needs `verify` to be the path of a CA file");
  }
  if (!verify) {
    const remedy = "set it to the path of the CA file instead";
    tls.warn(
      "verify",
      "certificates of this provider are NOT checked: anyone on the way can read the key",
      remedy,
    );
  }
  const minVersion = tls.choice("min_version", ["TLSv1.2", "TLSv1.3"]);
  const ciphers = (tls.texts("ciphers") ?? []).flatMap((text) => text.split(":")).filter(Boolean);
  const onlyOld = ciphers.length > 0 && !ciphers.some((cipher) => cipher.startsWith("TLS_"));
  if (onlyOld && minVersion === "TLSv1.3") {
    const remedy =
      "add a TLS 1.3 suite such as TLS_AES_256_GCM_SHA384, or leave one of the two out";
    tls.fail("ciphers", "names no TLS 1.3 suite, but min_version is TLSv1.3", remedy);
  } else if (onlyOld) {
    tls.notice("ciphers", "names no TLS 1.3 suite (TLS_...): connections use TLS 1.2");
  }
  const cert = tls.text("client_cert");
  const key = tls.text("client_key");
  if ((cert === null) !== (key === null)) {
    const [present, absent] =
      cert === null ? ["client_key", "client_cert"] : ["client_cert", "client_key"];
    tls.fail(present, `needs ${absent} too`);
  }
  tls.refuseUnknown();
  return {
    verify,
    ca,
    caOnly,
    minVersion,
    ciphers,
    clientCert: cert === null ? null : context.path(cert),
    clientKey: key === null ? null : context.path(key),
  };
}

/** `verify` is a switch or a path. */
function parseVerify(tls: Fields, context: NetworkContext): { verify: boolean; ca: string | null } {
  const written = tls.raw("verify");
  if (typeof written === "boolean") return { verify: written, ca: null };
  const text = tls.text("verify");
  if (text === null) return { verify: true, ca: null };
  const word = parseSwitch(text);
  return word === null ? { verify: true, ca: context.path(text) } : { verify: word, ca: null };
}

function parseTimeout(network: Fields): Pick<Network, "connectMs" | "readMs"> {
  const written = network.raw("timeout");
  if (typeof written === "object" && written !== null) {
    const timeout = network.mapping("timeout");
    const connectMs = timeout && parseSeconds(timeout, "connect");
    const readMs = timeout && parseSeconds(timeout, "read");
    timeout?.refuseUnknown();
    return { connectMs: connectMs ?? DEFAULT_CONNECT_MS, readMs: readMs ?? DEFAULT_READ_MS };
  }
  const both = parseSeconds(network, "timeout");
  return { connectMs: both ?? DEFAULT_CONNECT_MS, readMs: both ?? DEFAULT_READ_MS };
}

/** Milliseconds. */
function parseSeconds(fields: Fields, name: string): number | null {
  const seconds = fields.number(name);
  if (seconds === null) return null;
  if (seconds > 0 && seconds <= MAX_TIMEOUT_SECONDS) return Math.ceil(seconds * 1000);
  fields.fail(
    name,
    `must be more than 0 and at most ${MAX_TIMEOUT_SECONDS} seconds`,
    "leave it out for the default",
  );
  return null;
}

function parseHeaders(headers: Fields | null): [string, string][] {
  const parsed: [string, string][] = [];
  for (const name of headers?.names ?? []) {
    const isSecret = CREDENTIAL_HEADERS.has(name.toLowerCase()) || SECRET_NAME.test(name);
    const value = isSecret ? headers?.secret(name)?.reveal() : headers?.text(name);
    if (!isHeaderName(name)) headers?.fail(name, "is not a header name");
    else if (isFramingHeader(name.toLowerCase())) {
      headers?.fail(name, `the header ${name} belongs to the connection and cannot be set`);
    } else if (value && !isHeaderValue(value)) {
      headers?.fail(name, "contains a control character or one outside Latin-1");
    } else if (value) parsed.push([name, value]);
  }
  return parsed;
}
