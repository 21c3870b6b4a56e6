// Errors in the shape that the client's SDK expects: OpenAI's, Anthropic's or Google's.
import type { Head } from "./head.ts";
import type { Refusal, RefusalKind } from "./refusal.ts";

export type Dialect = "openai" | "anthropic" | "google";

interface Names {
  readonly status: number;
  readonly openai: string;
  readonly anthropic: string;
  readonly google: string;
}

const NAMES = {
  malformed: names(400, "invalid_request_error", "invalid_request_error", "INVALID_ARGUMENT"),
  unauthenticated: names(401, "authentication_error", "authentication_error", "UNAUTHENTICATED"),
  forbidden: names(403, "permission_error", "permission_error", "PERMISSION_DENIED"),
  "not-found": names(404, "not_found_error", "not_found_error", "NOT_FOUND"),
  timeout: names(408, "timeout_error", "timeout_error", "DEADLINE_EXCEEDED"),
  "too-large": names(413, "invalid_request_error", "request_too_large", "INVALID_ARGUMENT"),
  "media-type": names(415, "invalid_request_error", "invalid_request_error", "INVALID_ARGUMENT"),
  misdirected: names(421, "invalid_request_error", "invalid_request_error", "INVALID_ARGUMENT"),
  "rate-limited": names(429, "rate_limit_error", "rate_limit_error", "RESOURCE_EXHAUSTED"),
  internal: names(500, "api_error", "api_error", "INTERNAL"),
  "bad-gateway": names(502, "api_error", "api_error", "INTERNAL"),
  "gateway-timeout": names(504, "timeout_error", "timeout_error", "DEADLINE_EXCEEDED"),
  unavailable: names(503, "api_error", "overloaded_error", "UNAVAILABLE"),
} as const satisfies Record<RefusalKind, Names>;

export interface RenderedError {
  readonly status: number;
  readonly headers: readonly string[];
  readonly body: string;
}

export function dialectOf(head: Head): Dialect {
  if (head.anthropic || head.path.includes("/messages")) return "anthropic";
  if (head.path.startsWith("/v1beta/") || /:[A-Za-z]+$/.test(head.path)) return "google";
  return "openai";
}

export function renderError(refusal: Refusal, dialect: Dialect, requestId: string): RenderedError {
  const body = JSON.stringify(shape(refusal, dialect, requestId));
  const { status } = NAMES[refusal.kind];
  const headers = [
    "content-type",
    "application/json",
    "content-length",
    `${Buffer.byteLength(body)}`,
  ];
  if (refusal.kind === "unauthenticated") headers.push("www-authenticate", "Bearer");
  if (refusal.retryAfter !== null) {
    // OpenAI's and Anthropic's SDKs obey x-should-retry over their own rules.
    headers.push("retry-after", `${refusal.retryAfter}`, "x-should-retry", "true");
  }
  return { status, headers, body };
}

function shape(refusal: Refusal, dialect: Dialect, requestId: string): object {
  const { message } = refusal;
  const kind = NAMES[refusal.kind];
  switch (dialect) {
    case "openai":
      return {
        error: {
          message,
          type: kind.openai,
          param: null,
          code: refusal.code,
          request_id: requestId,
        },
      };
    case "anthropic":
      return { type: "error", error: { type: kind.anthropic, message }, request_id: requestId };
    default:
      return {
        error: {
          code: kind.status,
          message,
          status: kind.google,
          details: [{ "@type": "type.googleapis.com/google.rpc.RequestInfo", requestId }],
        },
      };
  }
}

function names(status: number, openai: string, anthropic: string, google: string): Names {
  return { status, openai, anthropic, google };
}
