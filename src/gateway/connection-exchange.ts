// The handle of one exchange on a connection that may carry another by the time it is used.
import type { Exchange, ResponseSink } from "../core/upstream.ts";

/** Does nothing for a sink whose exchange is over. */
interface Connection {
  resume(sink: ResponseSink): void;
  abort(sink: ResponseSink): void;
}

export class ConnectionExchange implements Exchange {
  readonly #connection: Connection;
  readonly #sink: ResponseSink;

  constructor(connection: Connection, sink: ResponseSink) {
    this.#connection = connection;
    this.#sink = sink;
  }

  resume(): void {
    this.#connection.resume(this.#sink);
  }

  abort(): void {
    this.#connection.abort(this.#sink);
  }
}
