// Turns a failing count_tokens into "unsupported": Claude Code then estimates by itself instead of giving up.
import type { ResponseHead, ResponseSink } from "../../core/upstream.ts";

export class CountTokensSink implements ResponseSink {
  readonly #sink: ResponseSink;
  readonly #provider: string;
  #isReplaced = false;
  #hasBegun = false;

  constructor(sink: ResponseSink, provider: string) {
    this.#sink = sink;
    this.#provider = provider;
  }

  head(head: ResponseHead): void {
    this.#isReplaced = head.status >= 400;
    this.#hasBegun = true;
    if (!this.#isReplaced) this.#sink.head(head);
  }

  data(chunk: Buffer): boolean {
    return this.#isReplaced || this.#sink.data(chunk);
  }

  end(): void {
    if (this.#isReplaced) this.#answer();
    else this.#sink.end();
  }

  fail(error: Error): void {
    if (this.#isReplaced || !this.#hasBegun) this.#answer();
    else this.#sink.fail(error);
  }

  #answer(): void {
    const message = `the provider ${this.#provider} does not support count_tokens`;
    const body = Buffer.from(
      JSON.stringify({ type: "error", error: { type: "not_found_error", message } }),
    );
    const headers = ["content-type", "application/json", "content-length", `${body.length}`];
    this.#sink.head({ status: 404, headers });
    this.#sink.data(body);
    this.#sink.end();
  }
}
