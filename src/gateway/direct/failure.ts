// Names why a connection or an exchange with a provider failed (passthrough 7; `provider test` shows the same).
import { UserError } from "../../core/errors.ts";
import { UpstreamFailure } from "../../core/upstream.ts";

export interface Target {
  /** Name of the provider. */
  readonly provider: string;
  /** `https://host:port`, or the proxy's address. */
  readonly address: string;
}

type Cause = readonly [code: string, text: string];

const UNTRUSTED: Cause = ["tls_untrusted", "its certificate is not signed by a trusted authority"];
const HANDSHAKE: Cause = ["tls_handshake", "the TLS handshake failed"];
const NO_VERSION: Cause = ["tls_version", "no TLS version in common"];
const REFUSED_CLIENT: Cause = ["tls_client_certificate", "it refused the client certificate"];

/** By Node's, undici's or OpenSSL's error code, the last without `ERR_SSL_`. A code that ends in `_timeout` is a 504. */
const CAUSES: Readonly<Record<string, Cause>> = {
  ENOTFOUND: ["dns", "the host name is not known"],
  EAI_AGAIN: ["dns", "the name server does not answer"],
  ECONNREFUSED: ["connection_refused", "the connection was refused"],
  EHOSTUNREACH: ["unreachable", "the host cannot be reached"],
  ENETUNREACH: ["unreachable", "the network cannot be reached"],
  ETIMEDOUT: ["connect_timeout", "no connection in time"],
  ECONNRESET: ["connection_reset", "the connection was reset"],
  EPIPE: ["connection_reset", "the connection was closed"],
  UND_ERR_SOCKET: ["connection_closed", "the connection was closed before the answer was complete"],
  UND_ERR_HEADERS_TIMEOUT: ["read_timeout", "no answer within the read timeout"],
  UND_ERR_BODY_TIMEOUT: ["read_timeout", "no further byte within the read timeout"],
  UND_ERR_HEADERS_OVERFLOW: ["bad_response", "its response headers are too large"],
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: ["bad_response", "its body has another length than it said"],
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
  CERT_UNTRUSTED: UNTRUSTED,
  CERT_HAS_EXPIRED: ["tls_expired", "its certificate has expired"],
  CERT_NOT_YET_VALID: ["tls_not_yet_valid", "its certificate is not valid yet"],
  ERR_TLS_CERT_ALTNAME_INVALID: ["tls_hostname", "its certificate is for another host"],
  TLSV13_ALERT_CERTIFICATE_REQUIRED: ["tls_client_certificate", "it wants a client certificate"],
  SSLV3_ALERT_BAD_CERTIFICATE: REFUSED_CLIENT,
  TLSV1_ALERT_UNKNOWN_CA: REFUSED_CLIENT,
  TLSV1_ALERT_PROTOCOL_VERSION: NO_VERSION,
  UNSUPPORTED_PROTOCOL: NO_VERSION,
  NO_SUPPORTED_VERSIONS_ENABLED: NO_VERSION,
  SSLV3_ALERT_HANDSHAKE_FAILURE: [HANDSHAKE[0], "no cipher in common, or a certificate is missing"],
  WRONG_VERSION_NUMBER: [HANDSHAKE[0], "it does not speak TLS on this port"],
  EPROTO: HANDSHAKE,
};
/** While the handshake lasts these are its failure. */
const CLOSED: ReadonlySet<string> = new Set(["connection_reset", "connection_closed"]);

/** `during` tells a reset in the handshake from one of the exchange. An UpstreamFailure stays as it is. */
export function describeFailure(
  error: unknown,
  target: Target,
  during: "tls" | "exchange",
): UpstreamFailure {
  if (error instanceof UpstreamFailure) return error;
  if (error instanceof UserError) {
    // A certificate file that was there when the configuration was loaded.
    return new UpstreamFailure(502, "tls_files", `${target.provider}: ${error.message}`, {
      cause: error,
    });
  }
  const raw = codeOf(error);
  const found = CAUSES[raw.replace(/^ERR_SSL_/, "")] ?? guess(raw, during);
  const [code, text] = during === "tls" && CLOSED.has(found[0]) ? HANDSHAKE : found;
  const status = code.endsWith("_timeout") ? 504 : 502;
  const message = `${target.provider} (${target.address}): ${text}`;
  return new UpstreamFailure(status, code, message, { cause: error });
}

function guess(raw: string, during: "tls" | "exchange"): Cause {
  if (raw.startsWith("HPE_")) return ["bad_response", "its answer is not HTTP/1.1"];
  if (during === "tls" || /^(?:ERR_SSL_|ERR_TLS_|CERT_)/.test(raw)) return HANDSHAKE;
  return ["connection_failed", "the exchange failed"];
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "";
  if (error.name === "HTTPParserError") return "HPE_";
  const own = "code" in error && typeof error.code === "string" ? error.code : "";
  // undici wraps a socket's error.
  return own === "UND_ERR_SOCKET" && error.cause !== undefined ? codeOf(error.cause) || own : own;
}
