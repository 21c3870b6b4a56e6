// The connections to one upstream process: idle ones are used again, the latest first.
import type {
  Endpoint,
  Exchange,
  RequestBody,
  RequestHead,
  ResponseSink,
} from "../core/upstream.ts";
import type { ConnectionOwner } from "./upstream-connection.ts";
import { UpstreamConnection } from "./upstream-connection.ts";
import { UpstreamBroken, UpstreamUnreached } from "./upstream-errors.ts";

export class ConnectionPool implements ConnectionOwner {
  readonly #endpoint: Endpoint;
  readonly #idleMs: number;
  readonly #all = new Set<UpstreamConnection>();
  /** Oldest first. */
  readonly #idle: UpstreamConnection[] = [];
  /** Runs while connections are idle. */
  #sweep: NodeJS.Timeout | undefined;
  readonly #onBroken: () => void;
  /** How often bytes came, and how often a connection failed. */
  heard = 0;
  broken = 0;
  #closing = false;
  #destroyed = false;
  #emptied: (() => void) | null = null;

  /** `idleMs` stays below the upstream's own limit, so that the upstream never closes first. */
  constructor(endpoint: Endpoint, idleMs: number, onBroken: () => void) {
    this.#endpoint = endpoint;
    this.#idleMs = idleMs;
    this.#onBroken = onBroken;
  }

  send(head: RequestHead, body: RequestBody, sink: ResponseSink): Exchange {
    // Its address may belong to somebody else by now.
    if (this.#destroyed) return failSoon(sink);
    return (this.#idle.pop() ?? this.#open()).send(head, body, sink);
  }

  /** Opens one for the first request, while that does not wait for it. */
  openAhead(): void {
    this.idle(this.#open());
  }

  /** Ends idle connections now and busy ones after their exchange. */
  async close(): Promise<void> {
    this.#closing = true;
    clearInterval(this.#sweep);
    for (let last = this.#idle.pop(); last !== undefined; last = this.#idle.pop()) {
      last.destroy(new UpstreamBroken("pool closed"));
    }
    if (this.#all.size === 0) return;
    await new Promise<void>((resolve) => {
      this.#emptied = resolve;
    });
  }

  /** Running exchanges fail with `error`. */
  destroy(error: Error): void {
    this.#closing = true;
    this.#destroyed = true;
    clearInterval(this.#sweep);
    for (const connection of this.#all) connection.destroy(error);
  }

  idle(connection: UpstreamConnection): void {
    if (this.#closing) {
      connection.destroy(new UpstreamBroken("pool closed"));
      return;
    }
    connection.idleSince = performance.now();
    this.#idle.push(connection);
    this.#sweep ??= setInterval(() => this.#closeOld(), Math.max(10, this.#idleMs / 4)).unref();
  }

  unusable(connection: UpstreamConnection): void {
    const index = this.#idle.indexOf(connection);
    if (index >= 0) this.#idle.splice(index, 1);
  }

  closed(connection: UpstreamConnection): void {
    this.#all.delete(connection);
    if (this.#all.size === 0) this.#emptied?.();
  }

  heardFrom(): void {
    this.heard += 1;
  }

  failed(): void {
    this.broken += 1;
    this.#onBroken();
  }

  #open(): UpstreamConnection {
    const connection = new UpstreamConnection(this.#endpoint, this);
    this.#all.add(connection);
    return connection;
  }

  #closeOld(): void {
    const limit = performance.now() - this.#idleMs;
    for (const connection of this.#idle.filter(({ idleSince }) => idleSince < limit)) {
      connection.destroy(new UpstreamBroken("idle"));
    }
    if (this.#idle.length > 0) return;
    clearInterval(this.#sweep);
    this.#sweep = undefined;
  }
}

function failSoon(sink: ResponseSink): Exchange {
  let aborted = false;
  queueMicrotask(() => {
    if (!aborted) sink.fail(new UpstreamUnreached("LiteLLM ended"));
  });
  return {
    resume: () => {},
    abort: () => {
      aborted = true;
    },
  };
}
