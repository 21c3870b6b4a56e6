// The gateway's snapshot of an instance: who may ask, LiteLLM's routes and the direct ones, made anew at each change.
import type { Config } from "../config/config.ts";
import type { Environment } from "../core/host.ts";
import type { Redactor } from "../core/redact.ts";
import type { Secret } from "../core/secret.ts";
import type { Upstream } from "../core/upstream.ts";
import type { Access, AccessEntry } from "../gateway/access.ts";
import { buildAccess } from "../gateway/access.ts";
import { buildLitellmRouter } from "../gateway/litellm-router.ts";
import type { Policy } from "../gateway/policy.ts";
import type { RateLimiter } from "../gateway/rate-limit.ts";
import type { Router } from "../gateway/router.ts";
import type { Snapshot } from "../gateway/snapshot.ts";
import type { Prepared } from "./configuration.ts";
import type { DirectEngine } from "./direct-engine.ts";
import { modelStorePath } from "./model-store-path.ts";

export interface FrontOptions {
  readonly config: Config;
  readonly env: Environment;
  /** What the worker gets. */
  readonly key: Secret;
  readonly upstream: Upstream;
  readonly policy: Policy;
  readonly rates: RateLimiter;
  readonly redactor: Redactor;
  readonly log: (line: string) => void;
}

export class Front {
  /** Told of each new snapshot but the first. */
  onSwap: (snapshot: Snapshot) => void = () => {};
  readonly #options: FrontOptions;
  #engine: DirectEngine | null = null;
  #prepared: Prepared;
  #fallback: Router;
  #access: Access;
  /** Keys beside the worker's own. */
  readonly #guests = new Set<AccessEntry>();
  #last: Snapshot | null = null;

  private constructor(options: FrontOptions, prepared: Prepared, fallback: Router) {
    this.#options = options;
    this.#prepared = prepared;
    this.#fallback = fallback;
    this.#access = this.#principals();
  }

  static async start(options: FrontOptions, prepared: Prepared): Promise<Front> {
    const front = new Front(options, prepared, await buildFallback(options.upstream, prepared));
    await front.#configure();
    return front;
  }

  /** A configuration whose LiteLLM serves already; running requests keep the routes they have. */
  async apply(prepared: Prepared): Promise<void> {
    const { upstream, redactor } = this.#options;
    for (const secret of prepared.secrets) redactor.add(secret);
    this.#fallback = await buildFallback(upstream, prepared);
    this.#prepared = prepared;
    this.#access = this.#principals();
    await this.#configure();
    this.onSwap(this.snapshot());
  }

  /** Names that the configuration serves, patterns included. */
  get models(): readonly string[] {
    const { models, direct } = this.#prepared;
    return [...models.exact, ...models.wildcard, ...(direct?.models ?? [])];
  }

  /** In force. */
  get prepared(): Prepared {
    return this.#prepared;
  }

  /** One more key with a worker's rights, until the returned function is called; `id` is for the log. */
  admit(key: Secret, id: string): () => void {
    const guest = workerEntry(key, id);
    this.#guests.add(guest);
    this.#renewAccess();
    return () => {
      if (this.#guests.delete(guest)) this.#renewAccess();
    };
  }

  snapshot(): Snapshot {
    const { policy } = this.#options;
    this.#last = { access: this.#access, router: this.#router(), policy };
    return this.#last;
  }

  async close(deadline: AbortSignal): Promise<void> {
    this.onSwap = () => {};
    await this.#engine?.close(deadline);
  }

  #renewAccess(): void {
    this.#access = this.#principals();
    this.#last &&= { ...this.#last, access: this.#access };
    if (this.#last) this.onSwap(this.#last);
  }

  #principals(): Access {
    const { fromUser, secret } = this.#prepared.masterKey;
    const master = { id: "master", role: "master", models: null, credential: "master" } as const;
    return buildAccess([
      workerEntry(this.#options.key, "worker"),
      ...(fromUser ? [{ key: secret, principal: master }] : []),
      ...this.#guests,
    ]);
  }

  async #configure(): Promise<void> {
    const { direct, limits } = this.#prepared;
    this.#options.rates.configure(limits);
    if (direct !== null) this.#engine ??= await this.#createEngine();
    await this.#engine?.configure(direct);
  }

  async #createEngine(): Promise<DirectEngine> {
    const { config, env, log } = this.#options;
    // undici is behind it, which costs start time.
    const { DirectEngine: Engine } = await import("./direct-engine.ts");
    return new Engine({
      storePath: modelStorePath(config.home.dir, config.proxy.litellm),
      extraCa: env["NODE_EXTRA_CA_CERTS"] || null,
      log,
      onChange: () => this.onSwap(this.snapshot()),
    });
  }

  #router(): Router {
    const { direct, names } = this.#prepared;
    if (direct === null || this.#engine === null) return this.#fallback;
    const modelNames = new Set([...names.exact, ...names.aliases]);
    return this.#engine.front(direct, modelNames, this.#fallback);
  }
}

async function buildFallback(upstream: Upstream, prepared: Prepared): Promise<Router> {
  const { masterKey, sidelite, models, needsLitellm } = prepared;
  if (!needsLitellm) {
    const { buildNoLitellmRouter } = await import("../gateway/direct/no-litellm-router.ts");
    return buildNoLitellmRouter();
  }
  const { allowPaths } = sidelite;
  return buildLitellmRouter({
    upstream,
    masterKey: masterKey.secret,
    allowPaths,
    models: models.exact,
  });
}

function workerEntry(key: Secret, id: string): AccessEntry {
  return { key, principal: { id, role: "worker", models: null, credential: "master" } };
}
