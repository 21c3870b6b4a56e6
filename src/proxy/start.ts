// Starts the proxy: the keeper at once, LiteLLM's first generation when its configuration is given.
import type { GenerationSpec } from "../core/proxy-spec.ts";
import type { ProxySpec } from "./hosting.ts";
import type { ProxyDeps } from "./proxy-deps.ts";
import type { ProxyFailure } from "./state-types.ts";
import type { ProxyStatus } from "./status.ts";
import { describeState } from "./status.ts";
import { Supervisor } from "./supervisor.ts";

export type { ProxyFailure } from "./state-types.ts";

export interface ReadyInfo {
  /** Since the keeper was spawned. */
  readonly ms: number;
  /** Configured model names that LiteLLM does not list. */
  readonly degraded: readonly string[];
}

export interface Proxy {
  /** The first call starts LiteLLM; a later one is a reload: new generation ready, switch, the old one drains. */
  serve(configuration: GenerationSpec): void;
  /** The first time; stays pending when that never happens. */
  readonly ready: Promise<ReadyInfo>;
  /** The first time that it is given up; never rejects. `serve` tries again. */
  readonly failed: Promise<ProxyFailure>;
  state(): ProxyStatus;
  /** Ends everything by the stop ladder; at once when `deadline` fires. */
  stop(deadline: AbortSignal): Promise<void>;
}

/** Returns when the keeper runs and imports LiteLLM; throws UserError when its Python cannot be run. */
export async function startProxy(spec: ProxySpec, deps: ProxyDeps): Promise<Proxy> {
  const ready = defer<ReadyInfo>();
  const failed = defer<ProxyFailure>();
  const supervisor = new Supervisor(spec, deps, {
    ready: (ms, degraded) => ready.resolve({ ms, degraded }),
    failed: failed.resolve,
  });
  await supervisor.begin();
  return {
    serve: (configuration) => supervisor.serve(configuration),
    ready: ready.promise,
    failed: failed.promise,
    state: () => {
      const { state, wanted } = supervisor;
      return describeState(state, wanted, (generation) => supervisor.pidOf(generation));
    },
    stop: (deadline) => supervisor.stop(deadline),
  };
}

function defer<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
