// Names why a connection or an exchange with a provider failed (passthrough 7; `provider test` shows the same).
import { UserError } from "../../core/errors.ts";
import { UpstreamFailure } from "../../core/upstream.ts";

export interface Target {
  /** Name of the provider. */
  readonly provider: string;
  /** `https://host:port`, or the proxy's address. */
  readonly address: string;
}

type Cause = readonly [status: number, code: string, text: string];

const UNTRUSTED: Cause = [
  502,
  "tls_untrusted",
  "its certificate is not signed by a trusted authority",
];
const HANDSHAKE: Cause = [502, "tls_handshake", "the TLS handshake failed"];

/** By Node's, OpenSSL's or undici's error code. */
const CAUSES: Readonly<Record<string, Cause>> = {
  ENOTFOUND: [502, "dns", "the host name is not known"],
  EAI_AGAIN: [502, "dns", "the name server does not answer"],
  ECONNREFUSED: [502, "connection_refused", "the connection was refused"],
  EHOSTUNREACH: [502, "unreachable", "the host cannot be reached"],
  ENETUNREACH: [502, "unreachable", "the network cannot be reached"],
  ETIMEDOUT: [504, "connect_timeout", "no connection in time"],
  ECONNRESET: [502, "connection_reset", "the connection was reset"],
  EPIPE: [502, "connection_reset", "the connection was closed"],
  UND_ERR_SOCKET: [
    502,
    "connection_closed",
    "the connection was closed before the answer was complete",
  ],
  UND_ERR_HEADERS_TIMEOUT: [504, "read_timeout", "no answer within the read timeout"],
  UND_ERR_BODY_TIMEOUT: [504, "read_timeout", "no further byte within the read timeout"],
  UND_ERR_HEADERS_OVERFLOW: [502, "bad_response", "its response headers are too large"],
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: [
    502,
    "bad_response",
    "its body does not have the announced length",
  ],
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
  CERT_UNTRUSTED: UNTRUSTED,
  CERT_HAS_EXPIRED: [502, "tls_expired", "its certificate has expired"],
  CERT_NOT_YET_VALID: [502, "tls_not_yet_valid", "its certificate is not valid yet"],
  ERR_TLS_CERT_ALTNAME_INVALID: [502, "tls_hostname", "its certificate is for another host"],
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: [
    502,
    "tls_client_certificate",
    "it wants a client certificate",
  ],
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: [
    502,
    "tls_client_certificate",
    "it refused the client certificate",
  ],
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: [
    502,
    "tls_client_certificate",
    "it refused the client certificate",
  ],
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: [502, "tls_version", "no TLS version in common"],
  ERR_SSL_UNSUPPORTED_PROTOCOL: [502, "tls_version", "no TLS version in common"],
  ERR_SSL_NO_SUPPORTED_VERSIONS_ENABLED: [502, "tls_version", "no TLS version in common"],
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE: [
    502,
    "tls_handshake",
    "no cipher in common, or a certificate is missing",
  ],
  ERR_SSL_WRONG_VERSION_NUMBER: [502, "tls_handshake", "it does not speak TLS on this port"],
  EPROTO: HANDSHAKE,
};

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
  const known = CAUSES[raw];
  const [status, code, text] = known ?? guess(raw, during);
  const isHandshake =
    during === "tls" && (code === "connection_reset" || code === "connection_closed");
  const [shownCode, shownText] = isHandshake ? [HANDSHAKE[1], HANDSHAKE[2]] : [code, text];
  const message = `${target.provider} (${target.address}): ${shownText}`;
  return new UpstreamFailure(status, shownCode, message, { cause: error });
}

function guess(raw: string, during: "tls" | "exchange"): Cause {
  if (raw.startsWith("HPE_")) return [502, "bad_response", "its answer is not HTTP/1.1"];
  if (raw.startsWith("ERR_SSL_") || raw.startsWith("ERR_TLS_") || raw.startsWith("CERT_"))
    return HANDSHAKE;
  return during === "tls" ? HANDSHAKE : [502, "connection_failed", "the exchange failed"];
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "";
  if (error.name === "HTTPParserError") return "HPE_";
  const own = "code" in error && typeof error.code === "string" ? error.code : "";
  // undici wraps a socket's error.
  return own === "UND_ERR_SOCKET" && error.cause !== undefined ? codeOf(error.cause) || own : own;
}
