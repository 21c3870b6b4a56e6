// Passes one upstream response on to the client as it arrives, with back-pressure.
import type { ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type {
  Exchange,
  Lease,
  RequestBody,
  RequestHead,
  ResponseHead,
  ResponseSink,
} from "../core/upstream.ts";
import { planResponseHeaders, planSwitchHeaders } from "./header-plan.ts";
import type { Incoming } from "./shared.ts";
import type { UsageTail } from "./usage-tail.ts";
import { joinSockets, renderSwitch } from "./tunnel.ts";
import { UpstreamBroken, UpstreamUnreached } from "./upstream-errors.ts";

/** `failed`, `unreached`: nothing was sent to the client yet; `cut`: its connection was closed. */
export type Ending =
  | { readonly kind: "complete" | "cut" | "gone" | "unreached" }
  | { readonly kind: "failed"; readonly error: Error };

export class Forwarding implements ResponseSink {
  readonly ended: Promise<Ending>;
  readonly #incoming: Incoming;
  readonly #response: ServerResponse;
  readonly #exchange: Exchange;
  readonly #tail: UsageTail | null;
  #bytes = 0;
  #tunnel: Duplex | null = null;
  #settle!: (ending: Ending) => void;

  /** `tail` gets the answer's body too. */
  constructor(
    lease: Lease,
    head: RequestHead,
    body: RequestBody,
    incoming: Incoming,
    tail: UsageTail | null,
  ) {
    this.#incoming = incoming;
    this.#tail = tail;
    this.#response = incoming.response;
    this.ended = new Promise((resolve) => {
      this.#settle = resolve;
    });
    this.#exchange = lease.send(head, body, this);
  }

  /** Of the answer's body. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The protocol was changed: the answer is a 101. */
  get switched(): boolean {
    return this.#tunnel !== null;
  }

  /** The client has left. */
  abort(): void {
    this.#exchange.abort();
    this.#tunnel?.destroy();
    this.#settle({ kind: "gone" });
  }

  head(head: ResponseHead): void {
    try {
      const headers = planResponseHeaders(head.headers, this.#incoming.id);
      this.#response.writeHead(head.status, headers);
    } catch (cause) {
      // A header that Node refuses to send on.
      this.#exchange.abort();
      this.#settle({ kind: "failed", error: new UpstreamBroken("bad header", { cause }) });
      return;
    }
    // A stream's head must not wait for its first event; a sized body follows at once.
    if (!isSized(head)) process.nextTick(flushHead, this);
  }

  data(chunk: Buffer): boolean {
    this.#bytes += chunk.length;
    this.#tail?.push(chunk);
    if (this.#response.write(chunk)) return true;
    this.#response.once("drain", this.#onDrain);
    return false;
  }

  end(): void {
    this.#response.end();
    this.#settle({ kind: "complete" });
  }

  fail(error: Error): void {
    if (this.#response.headersSent) {
      cutOff(this.#response);
      this.#settle({ kind: "cut" });
    } else {
      const unreached = error instanceof UpstreamUnreached;
      this.#settle(unreached ? { kind: "unreached" } : { kind: "failed", error });
    }
  }

  upgraded(head: ResponseHead, upstream: Duplex, early: Buffer): void {
    const offer = this.#incoming.upgrade;
    if (offer === null) {
      upstream.destroy();
      this.fail(new UpstreamBroken("the protocol was changed unasked"));
      return;
    }
    const client = this.#incoming.request.socket;
    this.#response.detachSocket(client);
    this.#tunnel = upstream;
    client.write(renderSwitch(planSwitchHeaders(head.headers, this.#incoming.id)), "latin1");
    client.write(early);
    upstream.write(offer.early);
    upstream.on("data", (chunk: Buffer) => {
      this.#bytes += chunk.length;
    });
    void joinSockets(client, upstream).then(() => this.#settle({ kind: "complete" }));
  }

  flushHead(): void {
    if (this.#bytes === 0 && !this.#response.writableEnded) this.#response.flushHeaders();
  }

  readonly #onDrain = (): void => this.#exchange.resume();
}

function isSized({ headers }: ResponseHead): boolean {
  return headers.some((name, index) => index % 2 === 0 && /^content-length$/i.test(name));
}

function flushHead(forwarding: Forwarding): void {
  forwarding.flushHead();
}

/** What came so far still goes out, then the connection ends without the mark of a complete body. */
function cutOff(response: ServerResponse): void {
  const { socket } = response;
  // To HTTP/1.0 the end of the connection is that mark: only a reset tells.
  if (response.req.httpVersionMinor === 0) socket?.resetAndDestroy();
  else socket?.destroySoon();
}
