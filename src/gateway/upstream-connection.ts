// One kept-alive HTTP/1.1 connection to an upstream; carries one exchange at a time.
import { connect } from "node:net";
import type { Socket } from "node:net";
import type {
  Endpoint,
  Exchange,
  RequestBody,
  RequestHead,
  ResponseHead,
  ResponseSink,
} from "../core/upstream.ts";
import { ConnectionExchange } from "./connection-exchange.ts";
import type { BodyWriter } from "./body-writer.ts";
import { writeBody } from "./body-writer.ts";
import { renderHead } from "./render-head.ts";
import type { ResponseEvents } from "./response-parser.ts";
import { ResponseParser } from "./response-parser.ts";
import { UpstreamBroken, UpstreamUnreached } from "./upstream-errors.ts";

export interface ConnectionOwner {
  /** The exchange is over and the connection can carry another. */
  idle(connection: UpstreamConnection): void;
  /** It must not be used again; may be told twice. */
  unusable(connection: UpstreamConnection): void;
  /** Its socket is closed, or has another owner. */
  closed(connection: UpstreamConnection): void;
  /** Bytes came. */
  heardFrom(): void;
  /** It could not be made, or the peer ended it: a sign that the process is dying. */
  failed(): void;
}

export class UpstreamConnection implements ResponseEvents {
  readonly #socket: Socket;
  readonly #parser = new ResponseParser(this);
  readonly #owner: ConnectionOwner;
  #sink: ResponseSink | null = null;
  #writer: BodyWriter | null = null;
  /** The peer may have got some of the request. */
  #sent = false;
  #upgrade: ResponseHead | null = null;
  /** Given up on our side; what the socket still tells is no news. */
  #discarded = false;
  /** Monotonic ms; when the last exchange ended. */
  idleSince = 0;

  constructor(endpoint: Endpoint, owner: ConnectionOwner) {
    this.#owner = owner;
    this.#socket =
      endpoint.kind === "unix"
        ? connect({ path: endpoint.path })
        : connect({ host: endpoint.host, port: endpoint.port, noDelay: true });
    this.#socket
      .on("data", this.#onData)
      .on("end", this.#onEnd)
      .on("close", this.#onClose)
      .on("error", this.#onError);
  }

  send(head: RequestHead, body: RequestBody, sink: ResponseSink): Exchange {
    this.#sink = sink;
    this.#sent = false;
    this.#parser.start(head.method === "HEAD");
    // Nothing is written before "connect", so a body stays unread when connecting fails.
    if (this.#socket.connecting) this.#socket.once("connect", () => this.#write(head, body));
    else this.#write(head, body);
    return new ConnectionExchange(this, sink);
  }

  resume(sink: ResponseSink): void {
    if (this.#sink === sink) this.#socket.resume();
  }

  abort(sink: ResponseSink): void {
    if (this.#sink !== sink) return;
    this.#sink = null;
    this.destroy(new UpstreamBroken("aborted"));
  }

  /** The running exchange fails with `error`. */
  destroy(error: Error): void {
    this.#parser.stop();
    this.#fail(error);
    this.#discard();
  }

  head(head: ResponseHead): void {
    if (head.status === 101) this.#upgrade = head;
    else this.#sink?.head(head);
  }

  data(chunk: Buffer): void {
    if (this.#sink?.data(chunk) === false) this.#socket.pause();
  }

  done(reusable: boolean, rest: Buffer): void {
    const sink = this.#sink;
    if (sink === null) return;
    this.#sink = null;
    if (this.#upgrade !== null) {
      this.#handOver(sink, this.#upgrade, rest);
      return;
    }
    // A response that came before the whole request leaves the connection in the middle of it.
    const complete = this.#writer?.finished ?? true;
    this.#writer?.detach();
    this.#writer = null;
    if (reusable && complete) {
      this.#socket.resume();
      this.#owner.idle(this);
    } else {
      this.#discard();
    }
    sink.end();
  }

  #write(head: RequestHead, body: RequestBody): void {
    if (this.#sink === null) return;
    const socket = this.#socket;
    socket.cork();
    socket.write(renderHead(head, body), "latin1");
    if (Buffer.isBuffer(body)) socket.write(body);
    socket.uncork();
    // An error at once means that the kernel took no byte: the peer was gone before.
    this.#sent = socket.errored === null;
    if (this.#sent && body !== null && !Buffer.isBuffer(body)) {
      const isChunked = head.bodyLength === null;
      this.#writer = writeBody(socket, body, isChunked, (error) => this.destroy(error));
    }
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#owner.heardFrom();
    try {
      this.#parser.push(chunk);
    } catch (error) {
      this.destroy(error instanceof Error ? error : new UpstreamBroken(String(error)));
    }
  };

  readonly #onEnd = (): void => {
    // Where the connection's end is the body's end, this completes the response.
    this.#parser.end();
    this.#onError(new UpstreamBroken("the upstream closed the connection"));
  };

  readonly #onClose = (): void => {
    this.#onEnd();
    this.#owner.closed(this);
  };

  readonly #onError = (error: Error): void => {
    if (this.#discarded) return;
    this.#owner.failed();
    this.destroy(error);
  };

  #fail(error: Error): void {
    const sink = this.#sink;
    if (sink === null) return;
    this.#sink = null;
    this.#writer?.detach();
    sink.fail(this.#sent ? error : new UpstreamUnreached(error.message, { cause: error }));
  }

  #discard(): void {
    this.#discarded = true;
    this.#socket.destroy();
    this.#owner.unusable(this);
  }

  #handOver(sink: ResponseSink, head: ResponseHead, early: Buffer): void {
    this.#owner.closed(this);
    if (sink.upgraded === undefined) {
      this.#socket.destroy();
      sink.fail(new UpstreamBroken("the upstream changed the protocol unasked"));
      return;
    }
    this.#socket
      .off("data", this.#onData)
      .off("end", this.#onEnd)
      .off("close", this.#onClose)
      .off("error", this.#onError);
    sink.upgraded(head, this.#socket, early);
  }
}
