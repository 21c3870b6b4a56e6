// An answer that the gateway gives itself instead of forwarding the request.

export type RefusalKind =
  | "malformed"
  | "unauthenticated"
  | "forbidden"
  | "not-found"
  | "timeout"
  | "too-large"
  | "media-type"
  | "misdirected"
  | "rate-limited"
  | "internal"
  | "bad-gateway"
  | "gateway-timeout"
  | "unavailable";

/** A class, so that `instanceof` tells it from what else a step returns; not an Error: it is cheap. */
export class Refusal {
  readonly kind: RefusalKind;
  /** For the client's developer: what to do about it; no secret and nothing of the body. */
  readonly message: string;
  /** Seconds; null: trying again does not help. */
  readonly retryAfter: number | null;
  /** For programs; where an upstream names the cause more exactly than the kind does. */
  readonly code: string;

  constructor(
    kind: RefusalKind,
    message: string,
    retryAfter: number | null = null,
    code: string = kind,
  ) {
    this.kind = kind;
    this.message = message;
    this.retryAfter = retryAfter;
    this.code = code;
  }
}
