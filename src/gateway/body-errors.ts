// Why a streamed request body stopped before its end.
import type { Refusal } from "./refusal.ts";

/** The gateway refused it in the middle. */
export class BodyRefused extends Error {
  override readonly name = "BodyRefused";
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.message);
    this.refusal = refusal;
  }
}

/** The client closed the connection. */
export class ClientGone extends Error {
  override readonly name = "ClientGone";
}
