// Takes a request's body in: a small one whole, a large one as a stream, each byte checked.
import type { IncomingMessage } from "node:http";
import type { RequestBody } from "../core/upstream.ts";
import type { BodyCheck } from "./body-check.ts";
import { ClientGone } from "./body-errors.ts";
import { BodyStream } from "./body-stream.ts";
import type { Head } from "./head.ts";
import type { Limits } from "./limits.ts";
import type { Reservation } from "./memory-budget.ts";
import { Refusal } from "./refusal.ts";

const EMPTY = Buffer.alloc(0);

export function hasBody(head: Head): boolean {
  return head.chunked || (head.contentLength ?? 0) > 0;
}

/**
 * With `budget` the body is read until its `model` is known, however large, while the budget lasts.
 * Rejects with ClientGone.
 */
export async function takeBody(
  request: IncomingMessage,
  head: Head,
  check: BodyCheck,
  limits: Limits,
  budget: Reservation | null,
): Promise<RequestBody | Refusal> {
  if (!hasBody(head)) return head.contentLength === null ? null : EMPTY;
  const declared = head.contentLength ?? 0;
  if (declared > limits.wholeBodyBytes && budget === null) {
    return new BodyStream(request, [], check, limits.bodyIdleMs);
  }
  // Most bodies come in one piece with their head: the parser has read them at the end of this turn.
  await new Promise(setImmediate);
  if (!request.complete) return new Intake(request, check, limits, budget).taken;
  const body: Buffer | null = request.read();
  if (body === null) return check.end() ?? EMPTY;
  return check.push(body) ?? check.end() ?? body;
}

class Intake {
  readonly taken: Promise<RequestBody | Refusal>;
  readonly #request: IncomingMessage;
  readonly #check: BodyCheck;
  readonly #limits: Limits;
  readonly #budget: Reservation | null;
  readonly #chunks: Buffer[] = [];
  readonly #idle: NodeJS.Timeout;
  #resolve!: (body: RequestBody | Refusal) => void;
  #reject!: (error: Error) => void;

  constructor(
    request: IncomingMessage,
    check: BodyCheck,
    limits: Limits,
    budget: Reservation | null,
  ) {
    this.#request = request;
    this.#check = check;
    this.#limits = limits;
    this.#budget = budget;
    this.taken = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#idle = setTimeout(() => {
      this.#finish(new Refusal("timeout", "The body stopped coming"));
    }, limits.bodyIdleMs);
    request.on("data", this.#onData).on("end", this.#onEnd).on("close", this.#onClose);
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#idle.refresh();
    const refusal = this.#check.push(chunk);
    if (refusal !== null) {
      this.#finish(refusal);
      return;
    }
    this.#chunks.push(chunk);
    if (this.#check.bytes <= this.#limits.wholeBodyBytes) return;
    if (this.#budget === null || this.#check.settled) {
      this.#detach();
      const { bodyIdleMs } = this.#limits;
      this.#resolve(new BodyStream(this.#request, this.#chunks, this.#check, bodyIdleMs));
    } else if (!this.#budget.take(chunk.length)) {
      this.#finish(new Refusal("unavailable", "Too many large requests at once", 1));
    }
  };

  readonly #onEnd = (): void => {
    const [first, second] = this.#chunks;
    const body = first !== undefined && second === undefined ? first : Buffer.concat(this.#chunks);
    this.#finish(this.#check.end() ?? body);
  };

  readonly #onClose = (): void => {
    this.#detach();
    this.#reject(new ClientGone("the client closed the connection"));
  };

  #finish(body: RequestBody | Refusal): void {
    this.#detach();
    this.#resolve(body);
  }

  #detach(): void {
    clearTimeout(this.#idle);
    this.#request.off("data", this.#onData).off("end", this.#onEnd).off("close", this.#onClose);
  }
}
