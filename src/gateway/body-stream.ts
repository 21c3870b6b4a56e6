// The rest of a large request body, checked chunk by chunk; refusing it ends the stream with an error.
import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import type { BodyCheck } from "./body-check.ts";
import { BodyRefused, ClientGone } from "./body-errors.ts";
import { Refusal } from "./refusal.ts";

export class BodyStream extends Readable {
  readonly #request: IncomingMessage;
  readonly #check: BodyCheck;
  /** Chunks read, and checked, before the stream was made. */
  readonly #early: Buffer[];
  readonly #idle: NodeJS.Timeout;

  constructor(request: IncomingMessage, early: Buffer[], check: BodyCheck, idleMs: number) {
    super();
    this.#request = request;
    this.#early = early;
    this.#check = check;
    this.#idle = setTimeout(() => this.#tooSlow(), idleMs);
    request.on("data", this.#onData).on("end", this.#onEnd).on("close", this.#onClose);
    request.pause();
    // Whoever sends it listens for errors only while it is being sent.
    this.on("error", () => {});
  }

  override _read(): void {
    for (let chunk = this.#early.shift(); chunk !== undefined; chunk = this.#early.shift()) {
      if (!this.push(chunk)) return;
    }
    this.#idle.refresh();
    this.#request.resume();
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    clearTimeout(this.#idle);
    this.#request.off("data", this.#onData).off("end", this.#onEnd).off("close", this.#onClose);
    callback(error);
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#idle.refresh();
    const refusal = this.#check.push(chunk);
    if (refusal !== null) this.destroy(new BodyRefused(refusal));
    else if (!this.push(chunk)) this.#request.pause();
  };

  readonly #onEnd = (): void => {
    const refusal = this.#check.end();
    if (refusal === null) this.push(null);
    else this.destroy(new BodyRefused(refusal));
  };

  readonly #onClose = (): void => {
    if (!this.#request.complete) this.destroy(new ClientGone("the client closed the connection"));
  };

  /** While paused it is the upstream that is slow. */
  #tooSlow(): void {
    if (this.#request.isPaused()) this.#idle.refresh();
    else this.destroy(new BodyRefused(new Refusal("timeout", "The body stopped coming")));
  }
}
