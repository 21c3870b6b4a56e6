// One request to a provider: bytes as they come, back-pressure, abort, and retries where they are asked for.
import type { Client, Dispatcher } from "undici";
import type { Exchange, RequestBody, RequestHead, ResponseSink } from "../../core/upstream.ts";
import { UpstreamFailure } from "../../core/upstream.ts";
import type { ClientPool } from "./client-pool.ts";
import type { Target } from "./failure.ts";
import { describeFailure } from "./failure.ts";
import { filterResponseHeaders } from "./request-headers.ts";

export interface ExchangeOptions {
  readonly target: Target;
  readonly pool: ClientPool;
  readonly readMs: number;
  readonly retries: number;
}

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
/** Trying again may help, and the provider has not begun to answer. A read timeout may have been billed. */
const WORTH_RETRYING: ReadonlySet<string> = new Set([
  "dns",
  "connection_refused",
  "connection_reset",
  "connection_closed",
  "unreachable",
  "connect_timeout",
]);
const FIRST_WAIT_MS = 100;
const MAX_WAIT_MS = 2_000;

export class DirectExchange implements Exchange, Dispatcher.DispatchHandler {
  readonly #options: ExchangeOptions;
  readonly #head: RequestHead;
  readonly #body: RequestBody;
  /** null: over; nothing more is told. */
  #sink: ResponseSink | null;
  /** null: no request is under way. */
  #client: Client | null = null;
  /** null: not connected yet, so nothing of the body was read. */
  #controller: Dispatcher.DispatchController | null = null;
  #answered = false;
  #retries: number;
  #waitMs = FIRST_WAIT_MS;
  #timer: NodeJS.Timeout | null = null;

  constructor(options: ExchangeOptions, head: RequestHead, body: RequestBody, sink: ResponseSink) {
    this.#options = options;
    this.#head = head;
    this.#body = body;
    this.#sink = sink;
    this.#retries = options.retries;
  }

  start(): void {
    const { pool, readMs } = this.#options;
    const { method, path, headers, bodyLength } = this.#head;
    const isStream = this.#body !== null && !Buffer.isBuffer(this.#body);
    const length = isStream && bodyLength !== null ? ["content-length", `${bodyLength}`] : [];
    const client = pool.take();
    this.#client = client;
    try {
      client.dispatch(
        {
          method,
          path,
          headers: [...headers, ...length],
          body: this.#body,
          headersTimeout: readMs,
          bodyTimeout: readMs,
        },
        this,
      );
    } catch (error) {
      this.#fail(error);
    }
  }

  resume(): void {
    this.#controller?.resume();
  }

  abort(): void {
    if (this.#sink === null) return;
    this.#sink = null;
    if (this.#timer) clearTimeout(this.#timer);
    this.#discard();
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number): void {
    const sink = this.#sink;
    if (status < 200 || sink === null) return;
    this.#answered = true;
    if (REDIRECTS.has(status)) {
      const { provider, address } = this.#options.target;
      const text = `${provider} (${address}): it redirects (${status}), which is not followed with a key`;
      this.#end(new UpstreamFailure(502, "redirect_refused", `${text}; correct base_url`));
      return;
    }
    sink.head({ status, headers: filterResponseHeaders(toText(controller.rawHeaders)) });
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#sink?.data(chunk) === false) controller.pause();
  }

  onResponseEnd(): void {
    const sink = this.#sink;
    this.#sink = null;
    if (this.#client) this.#options.pool.give(this.#client);
    this.#client = null;
    sink?.end();
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.#fail(error);
  }

  #fail(error: unknown): void {
    const cause = this.#client && this.#options.pool.causeOf(this.#client);
    this.#discard();
    if (this.#sink === null) return;
    const body = this.#body;
    if (body !== null && !Buffer.isBuffer(body) && body.errored) {
      // Not the provider's doing: the client left, or its body was refused.
      this.#end(body.errored);
      return;
    }
    const failure = describeFailure(cause ?? error, this.#options.target, "exchange");
    if (!this.#canRetry(failure)) {
      this.#end(failure);
      return;
    }
    this.#retries -= 1;
    this.#controller = null;
    this.#timer = setTimeout(() => this.start(), this.#waitMs);
    this.#waitMs = Math.min(this.#waitMs * 2, MAX_WAIT_MS);
  }

  /** A stream can only be sent again when nothing of it was read. */
  #canRetry(failure: UpstreamFailure): boolean {
    if (this.#retries === 0 || this.#answered || !WORTH_RETRYING.has(failure.code)) return false;
    return this.#controller === null || this.#body === null || Buffer.isBuffer(this.#body);
  }

  #end(failure: Error): void {
    const sink = this.#sink;
    this.#sink = null;
    this.#discard();
    sink?.fail(failure);
  }

  #discard(): void {
    if (this.#client) this.#options.pool.discard(this.#client);
    this.#client = null;
  }
}

/** undici gives HTTP/1.1 headers as a flat list of buffers. */
function toText(raw: Dispatcher.DispatchController["rawHeaders"]): string[] {
  return Array.isArray(raw)
    ? raw.map((part) => (typeof part === "string" ? part : part.toString("latin1")))
    : [];
}
