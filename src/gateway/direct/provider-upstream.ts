// A provider's origin as an upstream: always ready, its connections opened and pooled as needed.
import type { Socket } from "node:net";
import type { buildConnector } from "undici";
import type {
  Exchange,
  Lease,
  RequestBody,
  RequestHead,
  ResponseSink,
  Upstream,
} from "../../core/upstream.ts";
import { parseOrigin } from "./choose-proxy.ts";
import { isCountTokens } from "./claude-code.ts";
import { ClientPool } from "./client-pool.ts";
import type { Connector } from "./connector.ts";
import { createConnector } from "./connector.ts";
import { CountTokensSink } from "./count-tokens-sink.ts";
import { DirectExchange } from "./direct-exchange.ts";
import type { Target } from "./failure.ts";
import type { Network, ProxyServer } from "./network-settings.ts";
import type { TlsContexts } from "./tls-files.ts";
import { loadTlsContexts } from "./tls-files.ts";

export interface ProviderUpstreamOptions {
  readonly provider: string;
  readonly origin: string;
  readonly network: Network;
  readonly proxy: ProxyServer | null;
  readonly retries: number;
  /** File of NODE_EXTRA_CA_CERTS. */
  readonly extraCa: string | null;
}

export class ProviderUpstream implements Upstream {
  readonly id: string;
  readonly #options: ProviderUpstreamOptions;
  readonly #target: Target;
  readonly #pool: ClientPool;
  /** Headers and path prefix for a proxy that reads the full URL; null: tunnel or no proxy. */
  readonly #absolute: { readonly prefix: string; readonly headers: readonly string[] } | null;
  #contexts: Promise<TlsContexts> | null = null;

  constructor(options: ProviderUpstreamOptions) {
    const { origin, network, proxy, provider } = options;
    this.id = provider;
    this.#options = options;
    this.#target = { provider, address: origin };
    const destination = parseOrigin(origin);
    const connect = createConnector({
      target: this.#target,
      destination,
      network,
      proxy,
      contexts: () => this.#loadContexts(),
    });
    this.#absolute = proxy !== null && !destination.isTls ? absoluteForm(origin, proxy) : null;
    this.#pool = new ClientPool(origin, (_, callback) => void hand(connect, callback));
  }

  tryAcquire(): Lease {
    return new ProviderLease(this);
  }

  acquire(): Promise<Lease> {
    return Promise.resolve(this.tryAcquire());
  }

  send(head: RequestHead, body: RequestBody, sink: ResponseSink): Exchange {
    const absolute = this.#absolute;
    const sent =
      absolute === null
        ? head
        : {
            ...head,
            path: absolute.prefix + head.path,
            headers: [...head.headers, ...absolute.headers],
          };
    const { network, retries } = this.#options;
    const options = { target: this.#target, pool: this.#pool, readMs: network.readMs, retries };
    const isCount = isCountTokens(head.path.split("?", 1)[0] ?? "");
    const told = isCount ? new CountTokensSink(sink, this.id) : sink;
    const exchange = new DirectExchange(options, sent, body, told);
    exchange.start();
    return exchange;
  }

  /** New connections read the certificate files again. */
  forgetCertificates(): void {
    this.#contexts = null;
  }

  /** Resolves when running exchanges are over. */
  close(): Promise<void> {
    return this.#pool.close();
  }

  /** Running exchanges fail. */
  destroy(): void {
    this.#pool.destroy();
  }

  async #loadContexts(): Promise<TlsContexts> {
    const { network, extraCa } = this.#options;
    this.#contexts ??= loadTlsContexts(network.tls, network.proxy, extraCa);
    try {
      return await this.#contexts;
    } catch (error) {
      this.#contexts = null;
      throw error;
    }
  }
}

/** Never rejects. */
async function hand(connect: Connector, callback: buildConnector.Callback): Promise<void> {
  let socket: Socket;
  try {
    socket = await connect();
  } catch (error) {
    callback(error instanceof Error ? error : new Error(String(error)), null);
    return;
  }
  callback(null, socket);
}

function absoluteForm(origin: string, proxy: ProxyServer) {
  const authorization = proxy.authorization?.reveal();
  const headers = authorization === undefined ? [] : ["proxy-authorization", authorization];
  return { prefix: origin, headers };
}

class ProviderLease implements Lease {
  readonly #upstream: ProviderUpstream;

  constructor(upstream: ProviderUpstream) {
    this.#upstream = upstream;
  }

  get id(): string {
    return this.#upstream.id;
  }

  send(head: RequestHead, body: RequestBody, sink: ResponseSink): Exchange {
    return this.#upstream.send(head, body, sink);
  }

  /** Nothing is counted: undici's pool knows its running requests. */
  release(): void {}
}
