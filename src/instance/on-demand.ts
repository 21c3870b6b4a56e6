// LiteLLM of an instance: runs while the configuration has a route to it, and only then.
import { setTimeout as sleep } from "node:timers/promises";
import { BugError, problem, UserError } from "../core/errors.ts";
import type { GenerationSpec } from "../core/proxy-spec.ts";
import type { Report } from "../core/report.ts";
import type { UpstreamSet } from "../gateway/upstream-set.ts";
import type { Proxy } from "../proxy/start.ts";
import type { ProxyStatus } from "../proxy/status.ts";
import type { Prepared } from "./configuration.ts";

export interface OnDemandOptions {
  /** Starts the process that LiteLLM's generations come from. Throws UserError. */
  readonly host: (prepared: Prepared, report: Report) => Promise<Proxy>;
  readonly upstream: UpstreamSet;
  readonly report: Report;
  /** How long requests that are under way may go on when it is not needed any more, ms. */
  readonly drainMs: number;
}

const ABSENT: ProxyStatus = {
  phase: "ready",
  generations: [],
  processes: { serving: 0, most: 0, whyOne: null },
  recycled: 0,
  missing: [],
  deaths: 0,
  failure: null,
};
/** Between two looks whether something is still under way, ms. */
const LOOK_MS = 100;

export class OnDemandLitellm {
  readonly #options: OnDemandOptions;
  #proxy: Proxy | null = null;
  #isNeeded = false;
  /** Waits for its end; aborted: it is needed again. */
  #stay = new AbortController();
  #leaving: Promise<void> = Promise.resolve();

  constructor(options: OnDemandOptions) {
    this.#options = options;
  }

  /** null: it does not run. */
  get proxy(): Proxy | null {
    return this.#proxy;
  }

  state(): ProxyStatus {
    return this.#proxy?.state() ?? ABSENT;
  }

  /** It runs when this returns; `isFirst`: its failure is the instance's. Throws UserError. */
  async ensure(prepared: Prepared, isFirst = false): Promise<void> {
    this.#isNeeded = true;
    this.#stay.abort();
    await this.#leaving;
    if (this.#proxy !== null) return;
    const { host, report } = this.#options;
    this.#proxy = await host(prepared, isFirst ? report : this.#forgiving(report));
  }

  serve(generation: GenerationSpec): void {
    if (this.#proxy === null || !this.#isNeeded) {
      const message = "this instance has no LiteLLM: all its models are served by providers";
      throw new UserError("failed", problem(message));
    }
    this.#proxy.serve(generation);
  }

  /** No route leads to it any more: it ends when what is under way has ended. */
  leave(): void {
    const proxy = this.#proxy;
    if (proxy === null || !this.#isNeeded) return;
    this.#isNeeded = false;
    this.#stay = new AbortController();
    this.#leaving = this.#leave(proxy, this.#stay.signal);
  }

  /** Ends it now, by the stop ladder; at once when `deadline` fires. */
  async stop(deadline: AbortSignal): Promise<void> {
    this.#stay.abort();
    await Promise.all([this.#leaving, this.#proxy?.stop(deadline)]);
  }

  async #leave(proxy: Proxy, stay: AbortSignal): Promise<void> {
    const { upstream, drainMs } = this.#options;
    const from = performance.now();
    while (isBusy(upstream) && performance.now() - from < drainMs && !stay.aborted) {
      await sleep(LOOK_MS, undefined, { ref: false });
    }
    if (!stay.aborted) await this.#end(proxy);
  }

  async #end(proxy: Proxy): Promise<void> {
    await proxy.stop(new AbortController().signal);
    if (this.#proxy !== proxy)
      throw new BugError("another LiteLLM was started before the end of one");
    this.#proxy = null;
    // As before there was one: who comes next is held until it serves.
    this.#options.upstream.refuse(null);
  }

  /** What never served was never needed: the routes are still those without it. */
  #forgiving(report: Report): Report {
    let hasServed = false;
    return {
      ...report,
      event: (event) => {
        hasServed ||= event.name === "proxy.ready";
        if (hasServed || event.name !== "proxy.failed") return report.event(event);
        this.#isNeeded = false;
        if (this.#proxy !== null) this.#leaving = this.#end(this.#proxy);
        report.event({ ...event, name: "proxy.rejected" });
      },
    };
  }
}

function isBusy(upstream: UpstreamSet): boolean {
  const { held, serving } = upstream.load();
  return held > 0 || serving.some(({ inFlight }) => inFlight > 0);
}
