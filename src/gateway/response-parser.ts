// Parses the HTTP/1.1 responses of one upstream connection: strict framing, body bytes passed on as slices.
import type { ResponseHead } from "../core/upstream.ts";
import { readFraming } from "./response-framing.ts";

export interface ResponseEvents {
  /** A final head, or 101. */
  head(head: ResponseHead): void;
  data(chunk: Buffer): void;
  /** `rest` came behind the response: nothing, or the first bytes after a 101. */
  done(reusable: boolean, rest: Buffer): void;
}

/** The upstream's bytes are no HTTP/1.1 response. */
export class MalformedResponse extends Error {
  override readonly name = "MalformedResponse";
}

type State =
  | "idle"
  | "head"
  | "sized"
  | "until-close"
  | "size-line"
  | "chunk"
  | "chunk-end"
  | "trailer"
  | "stopped";

/** Bytes of a head; of a chunk-size line with extensions or a trailer line. */
const MAX_HEAD = 64 * 1024;
const MAX_LINE = 4 * 1024;
const CHUNK_SIZE = /^([0-9a-f]{1,12})[ \t]*(?:;.*)?$/i;
const HEAD_END = Buffer.from("\r\n\r\n");
const EMPTY = Buffer.alloc(0);

export class ResponseParser {
  readonly #events: ResponseEvents;
  #state: State = "idle";
  /** Unfinished head or line from earlier reads. */
  #carry: Buffer = EMPTY;
  /** Body or chunk bytes still to come. */
  #left = 0;
  #isHead = false;
  #reusable = false;

  constructor(events: ResponseEvents) {
    this.#events = events;
  }

  /** Expects the next response; `isHead`: the request was HEAD, so no body follows. */
  start(isHead: boolean): void {
    this.#state = "head";
    this.#isHead = isHead;
  }

  /** Ignores the rest of what is being pushed: the exchange was aborted in an event. */
  stop(): void {
    this.#state = "stopped";
  }

  /** Throws MalformedResponse; the connection is of no more use then. */
  push(chunk: Buffer): void {
    let data = this.#carry.length === 0 ? chunk : Buffer.concat([this.#carry, chunk]);
    this.#carry = EMPTY;
    while (data.length > 0) {
      const taken = this.#step(data);
      if (taken < 0) {
        this.#carry = data;
        return;
      }
      data = taken === data.length ? EMPTY : data.subarray(taken);
    }
  }

  /** The upstream ended the connection; false: in the middle of a response. */
  end(): boolean {
    if (this.#state !== "until-close") return this.#state === "idle";
    this.#finish(EMPTY);
    return true;
  }

  /** Bytes used, or -1: more are needed to go on. */
  #step(data: Buffer): number {
    switch (this.#state) {
      case "idle":
        throw new MalformedResponse("bytes without a request");
      case "head":
        return this.#head(data);
      case "sized":
        return this.#body(data);
      case "until-close":
        this.#events.data(data);
        return data.length;
      case "size-line":
        return this.#sizeLine(data);
      case "chunk":
        return this.#chunk(data);
      case "chunk-end":
        return this.#chunkEnd(data);
      case "trailer":
        return this.#trailer(data);
      default:
        return data.length;
    }
  }

  #head(data: Buffer): number {
    const end = data.indexOf(HEAD_END);
    if (end < 0) {
      if (data.length > MAX_HEAD) throw new MalformedResponse("head too large");
      return -1;
    }
    const framing = readFraming(data.toString("latin1", 0, end), this.#isHead);
    if (framing === null) throw new MalformedResponse("head is not HTTP/1.1");
    const used = end + HEAD_END.length;
    const { head } = framing;
    if (head.status < 200 && head.status !== 101) return used;
    this.#reusable = framing.reusable;
    this.#left = framing.length;
    this.#state = framing.body;
    this.#events.head(head);
    if (this.#state === "sized" && this.#left === 0) {
      this.#finish(data.subarray(used));
      return head.status === 101 ? data.length : used;
    }
    return used;
  }

  #body(data: Buffer): number {
    const size = Math.min(this.#left, data.length);
    this.#left -= size;
    this.#events.data(size === data.length ? data : data.subarray(0, size));
    if (this.#left === 0 && this.#state === "sized") this.#finish(data.subarray(size));
    return size;
  }

  #chunk(data: Buffer): number {
    const size = Math.min(this.#left, data.length);
    this.#left -= size;
    if (this.#left === 0) this.#state = "chunk-end";
    this.#events.data(data.subarray(0, size));
    return size;
  }

  #sizeLine(data: Buffer): number {
    const used = lineEnd(data);
    if (used < 0) return -1;
    const digits = CHUNK_SIZE.exec(data.toString("latin1", 0, used - 2))?.[1];
    if (digits === undefined) throw new MalformedResponse("bad chunk size");
    this.#left = Number.parseInt(digits, 16);
    this.#state = this.#left === 0 ? "trailer" : "chunk";
    return used;
  }

  #chunkEnd(data: Buffer): number {
    const used = lineEnd(data);
    if (used > 2) throw new MalformedResponse("chunk longer than its size");
    if (used === 2) this.#state = "size-line";
    return used;
  }

  /** Trailers end here: forwarding them is optional (RFC 9110 6.5.1) and uvicorn sends none. */
  #trailer(data: Buffer): number {
    const used = lineEnd(data);
    if (used === 2) this.#finish(data.subarray(used));
    return used;
  }

  #finish(rest: Buffer): void {
    this.#state = "idle";
    this.#events.done(this.#reusable && rest.length === 0, rest);
  }
}

/** Bytes up to and with the first CRLF, or -1: it has not come yet. */
function lineEnd(data: Buffer): number {
  const end = data.indexOf(0x0a);
  if (end < 0) {
    if (data.length > MAX_LINE) throw new MalformedResponse("line too long");
    return -1;
  }
  if (data[end - 1] !== 0x0d) throw new MalformedResponse("bare line feed");
  return end + 1;
}
