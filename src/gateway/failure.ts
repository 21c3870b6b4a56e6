// What a client is told about an exchange that failed.
import { UpstreamFailure, UpstreamUnavailable } from "../core/upstream.ts";
import { BodyRefused } from "./body-errors.ts";
import { Refusal } from "./refusal.ts";
import { MalformedResponse } from "./response-parser.ts";
import { UpstreamBroken } from "./upstream-errors.ts";

/** Errors nobody foresaw are `internal`. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof BodyRefused) return error.refusal;
  if (error instanceof UpstreamUnavailable) {
    return new Refusal("unavailable", error.message, error.retryAfterSeconds);
  }
  if (error instanceof UpstreamFailure) {
    const kind = error.status === 504 ? "gateway-timeout" : "bad-gateway";
    return new Refusal(kind, error.message, null, error.code);
  }
  if (error instanceof MalformedResponse) {
    return new Refusal("bad-gateway", "LiteLLM's answer is not HTTP");
  }
  if (error instanceof UpstreamBroken || isSystemError(error)) {
    return new Refusal("unavailable", "LiteLLM ended before it answered", 1);
  }
  return new Refusal("internal", "An error in sidelite; its log says more");
}

/** ECONNRESET, EPIPE and the like of the upstream's connection. */
function isSystemError(error: unknown): boolean {
  return error instanceof Error && "syscall" in error;
}
