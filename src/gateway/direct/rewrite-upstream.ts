// An upstream whose requests and responses are changed on the way: headers, model, the merged model list.
import type {
  Exchange,
  Lease,
  RequestBody,
  RequestHead,
  ResponseSink,
  Upstream,
} from "../../core/upstream.ts";

export interface Outgoing {
  readonly head: RequestHead;
  readonly body: RequestBody;
  readonly sink: ResponseSink;
}

export type Rewrite = (outgoing: Outgoing) => Outgoing;

export function rewriteUpstream(upstream: Upstream, rewrite: Rewrite): Upstream {
  return {
    id: upstream.id,
    tryAcquire() {
      const lease = upstream.tryAcquire();
      return lease && new RewritingLease(lease, rewrite);
    },
    async acquire(signal) {
      return new RewritingLease(await upstream.acquire(signal), rewrite);
    },
  };
}

class RewritingLease implements Lease {
  readonly #lease: Lease;
  readonly #rewrite: Rewrite;

  constructor(lease: Lease, rewrite: Rewrite) {
    this.#lease = lease;
    this.#rewrite = rewrite;
  }

  get id(): string {
    return this.#lease.id;
  }

  send(head: RequestHead, body: RequestBody, sink: ResponseSink): Exchange {
    const outgoing = this.#rewrite({ head, body, sink });
    return this.#lease.send(outgoing.head, outgoing.body, outgoing.sink);
  }

  release(): void {
    this.#lease.release();
  }
}
