// The open upstreams of all providers: made at first use, kept over a reload where nothing about them changed.
import { chooseProxy, parseOrigin } from "./choose-proxy.ts";
import type { ProxyServer } from "./network-settings.ts";
import type { Provider } from "./provider.ts";
import { ProviderUpstream } from "./provider-upstream.ts";

/** Where each provider's requests go, for a router or a discovery. */
export interface UpstreamSource {
  get(provider: Provider, origin: string): ProviderUpstream;
}

export class ProviderUpstreams implements UpstreamSource {
  readonly #extraCa: string | null;
  readonly #open = new Map<string, ProviderUpstream>();
  /** Spares the hot path the key: a provider object lives as long as its snapshot. */
  #latest = new WeakMap<Provider, { origin: string; upstream: ProviderUpstream }>();
  readonly #closing = new Set<ProviderUpstream>();

  /** `extraCa`: the file of NODE_EXTRA_CA_CERTS. */
  constructor(extraCa: string | null) {
    this.#extraCa = extraCa;
  }

  get(provider: Provider, origin: string): ProviderUpstream {
    const latest = this.#latest.get(provider);
    if (latest?.origin === origin) return latest.upstream;
    const { network, retries, name } = provider;
    const proxy = chooseProxy(network.proxy, parseOrigin(origin));
    const key = keyOf(provider, origin, proxy);
    let upstream = this.#open.get(key);
    if (upstream === undefined) {
      const extraCa = this.#extraCa;
      upstream = new ProviderUpstream({ provider: name, origin, network, proxy, retries, extraCa });
      this.#open.set(key, upstream);
    }
    this.#latest.set(provider, { origin, upstream });
    return upstream;
  }

  /** After a reload: those that `providers` do not need end with their last exchange; files are read anew. */
  retain(providers: Iterable<Provider>): void {
    const kept = new Set<string>();
    for (const provider of providers) {
      if (provider.base === null) continue;
      const { origin } = provider.base;
      kept.add(keyOf(provider, origin, chooseProxy(provider.network.proxy, parseOrigin(origin))));
    }
    this.#latest = new WeakMap();
    for (const [key, upstream] of this.#open) {
      if (kept.has(key)) upstream.forgetCertificates();
      else this.#retire(key, upstream);
    }
  }

  /** Running exchanges may end by themselves until `deadline`; then they fail. */
  async close(deadline: AbortSignal): Promise<void> {
    for (const [key, upstream] of this.#open) this.#retire(key, upstream);
    const all = [...this.#closing];
    const onAbort = () => all.forEach((upstream) => upstream.destroy());
    if (deadline.aborted) onAbort();
    deadline.addEventListener("abort", onAbort, { once: true });
    await Promise.all(all.map((upstream) => upstream.close()));
    deadline.removeEventListener("abort", onAbort);
  }

  #retire(key: string, upstream: ProviderUpstream): void {
    this.#open.delete(key);
    this.#closing.add(upstream);
    void this.#forget(upstream);
  }

  async #forget(upstream: ProviderUpstream): Promise<void> {
    await upstream.close();
    this.#closing.delete(upstream);
  }
}

/** Equal keys mean equal connections. In memory only: it may hold a proxy's password. */
function keyOf(provider: Provider, origin: string, proxy: ProxyServer | null): string {
  const { tls, connectMs, readMs, proxy: settings } = provider.network;
  const server = proxy && [proxy.isTls, proxy.host, proxy.port, proxy.authorization?.reveal()];
  const { name, retries } = provider;
  return JSON.stringify([name, origin, tls, server, settings.cacert, connectMs, readMs, retries]);
}
