// The seam between who serves (a generation, a provider) and the gateway that forwards to it.
import type { Duplex, Readable } from "node:stream";
import type { Secret } from "./secret.ts";

export type Endpoint =
  | {
      readonly kind: "unix";
      readonly path: string;
      /** The process's own master key; absent: routes know it. */
      readonly masterKey?: Secret;
    }
  | { readonly kind: "tcp"; readonly host: string; readonly port: number };

export interface RequestHead {
  readonly method: string;
  /** Path and query, as it goes upstream. */
  readonly path: string;
  /** Flat list as in `IncomingMessage.rawHeaders`: name, value, name, value. */
  readonly headers: readonly string[];
  /** Bytes of a streamed body; null: not known, it goes chunked. */
  readonly bodyLength: number | null;
}

export interface ResponseHead {
  readonly status: number;
  readonly headers: readonly string[];
}

/** A Buffer is the whole body; a stream is sent as it arrives, with back-pressure. */
export type RequestBody = Buffer | Readable | null;

/** Receives one response as it arrives; exactly one of `end` and `fail` comes last. */
export interface ResponseSink {
  head(head: ResponseHead): void;
  /** false: enough for now; bytes wait upstream until `Exchange.resume`. */
  data(chunk: Buffer): boolean;
  end(): void;
  /** Before `head`: nothing came. After it: the response is cut. */
  fail(error: Error): void;
  /**
   * Instead of all the others when the request asked for another protocol and got it (WebSocket).
   * The socket is the sink's from now on; `early` came right behind the head.
   */
  upgraded?(head: ResponseHead, socket: Duplex, early: Buffer): void;
}

/** One request under way. */
export interface Exchange {
  resume(): void;
  /** Closes the upstream connection at once; the sink hears nothing more. */
  abort(): void;
}

/** The right to send one request to one serving process; given back exactly once. */
export interface Lease {
  readonly id: string;
  /** `authorization` for a route that leaves it to the process: two of them may have different keys. */
  readonly authorization?: string | undefined;
  send(head: RequestHead, body: RequestBody, sink: ResponseSink): Exchange;
  release(): void;
}

export interface Upstream {
  readonly id: string;
  /** A lease if something serves now: the hot path, without a promise. Throws UpstreamUnavailable when refused. */
  tryAcquire(): Lease | null;
  /** A lease when something serves again; rejects with UpstreamUnavailable or the signal's reason. */
  acquire(signal: AbortSignal): Promise<Lease>;
}

/** What the gateway sees of one serving process. */
export interface Activity {
  /** Requests that it has. */
  readonly inFlight: number;
  /** Counts up whenever bytes come from it. */
  readonly heard: number;
  /** Counts up whenever a connection to it fails. */
  readonly broken: number;
}

/** What a supervisor tells the set of serving processes; the gateway's UpstreamSet implements it. */
export interface UpstreamControl {
  /** A process measured ready: it may get requests from now on. */
  add(id: string, endpoint: Endpoint): void;
  /** No new lease; resolves when no lease is left and its pooled connections have ended. */
  drain(id: string): Promise<void>;
  /** While it is suspended it gets no new request; those that it has go on. */
  suspend(id: string, suspended: boolean): void;
  /** null: it is not in the set. */
  activity(id: string): Activity | null;
  /** It died: its connections are destroyed, its running exchanges fail. */
  remove(id: string): void;
  /** Given up: held and new requests fail with this reason. null: hold again. */
  refuse(reason: string | null): void;
}

/** Nothing can serve the request: the holding time ran out or the proxy has failed. */
export class UpstreamUnavailable extends Error {
  override readonly name = "UpstreamUnavailable";
  readonly retryAfterSeconds: number;

  constructor(message: string, retryAfterSeconds: number) {
    super(message);
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** A failure whose cause the client is told: why a provider could not be reached or gave no answer. */
export class UpstreamFailure extends Error {
  override readonly name = "UpstreamFailure";
  /** 502, or 504 for a time limit. */
  readonly status: number;
  /** For programs: `connection_refused`, `tls_untrusted`, `read_timeout`, ... */
  readonly code: string;

  /** The message holds no secret and no path of the request. */
  constructor(status: number, code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
    this.code = code;
  }
}
