// What direct routes need while they serve: connections, discovery, the router. Imported only where there are some.
import type { Router } from "../gateway/router.ts";
import { buildDirectRouter } from "../gateway/direct/direct-router.ts";
import { Discovery } from "../gateway/direct/discovery.ts";
import { fetchModels } from "../gateway/direct/fetch-models.ts";
import { createModelStore } from "../gateway/direct/model-store.ts";
import { ProviderUpstreams } from "../gateway/direct/provider-upstreams.ts";
import { RouteTable } from "../gateway/direct/route-table.ts";
import { DirectSelector } from "../gateway/direct/select-direct.ts";
import type { Direct } from "./read-direct.ts";
import { listProviders } from "./read-direct.ts";

export interface DirectEngineOptions {
  /** File of the last good model lists. */
  readonly storePath: string;
  /** The file of NODE_EXTRA_CA_CERTS. */
  readonly extraCa: string | null;
  readonly log: (line: string) => void;
  /** A model list changed: `front` gives another router now. */
  onChange(): void;
}

export class DirectEngine {
  readonly #options: DirectEngineOptions;
  readonly #upstreams: ProviderUpstreams;
  readonly #discovery: Discovery;

  constructor(options: DirectEngineOptions) {
    this.#options = options;
    this.#upstreams = new ProviderUpstreams(options.extraCa);
    this.#discovery = new Discovery({
      fetch: async (provider, signal) =>
        (await fetchModels(provider, this.#upstreams, signal)).models,
      store: createModelStore(options.storePath),
      onChange: () => options.onChange(),
      log: options.log,
    });
  }

  /** Running requests keep the connections that they have. null: the last direct route is gone. */
  async configure(direct: Direct | null): Promise<void> {
    // Also after the start: `provider refresh` may have written newer ones.
    await this.#discovery.restore();
    this.#upstreams.retain(direct === null ? [] : listProviders(direct.config));
    this.#discovery.update(direct?.config.providers ?? new Map());
  }

  /** `modelNames` are LiteLLM's. */
  front({ config }: Direct, modelNames: ReadonlySet<string>, fallback: Router): Router {
    const discovered = this.#discovery.models();
    const table = new RouteTable({ config, modelNames, discovered });
    const selector = new DirectSelector(this.#upstreams);
    return buildDirectRouter({ table, selector, fallback, log: this.#options.log });
  }

  async close(deadline: AbortSignal): Promise<void> {
    await this.#discovery.stop();
    await this.#upstreams.close(deadline);
  }
}
