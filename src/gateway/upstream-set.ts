// The serving LiteLLM processes as one upstream: the least loaded gets the request, none means hold.
import type { Endpoint, Lease, Upstream, UpstreamControl } from "../core/upstream.ts";
import { UpstreamUnavailable } from "../core/upstream.ts";
import { Generation } from "./generation.ts";
import { Hold } from "./hold.ts";
import { LIMITS } from "./limits.ts";

export interface UpstreamSetOptions {
  /** How long a request may wait for something to serve (the readiness budget), ms. */
  readonly holdMs: number;
  /** Requests that may wait at once. */
  readonly held?: number;
  readonly poolIdleMs?: number;
}

export interface UpstreamSet extends Upstream, UpstreamControl {
  load(): UpstreamLoad;
}

export interface UpstreamLoad {
  readonly held: number;
  readonly serving: readonly {
    readonly id: string;
    readonly inFlight: number;
    readonly draining: boolean;
  }[];
}

export function createUpstreamSet(options: UpstreamSetOptions): UpstreamSet {
  const poolIdleMs = options.poolIdleMs ?? LIMITS.poolIdleMs;
  const hold = new Hold(options.holdMs, options.held ?? LIMITS.held);
  const generations = new Map<string, Generation>();
  let refusal: string | null = null;

  function leastLoaded(): Lease | null {
    let best: Generation | null = null;
    for (const generation of generations.values()) {
      if (!generation.eligible) continue;
      if (best === null || generation.inFlight < best.inFlight) best = generation;
    }
    return best === null ? null : best.lease();
  }

  const admit = (): void => hold.admit(leastLoaded);

  return {
    id: "litellm",
    tryAcquire() {
      if (refusal !== null) throw refused(refusal);
      return leastLoaded();
    },
    async acquire(signal) {
      if (refusal !== null) throw refused(refusal);
      return leastLoaded() ?? (await hold.wait(signal));
    },
    add(id: string, endpoint: Endpoint) {
      generations.get(id)?.destroy();
      generations.set(id, new Generation(id, endpoint, poolIdleMs, admit));
      admit();
    },
    async drain(id) {
      const generation = generations.get(id);
      if (generation === undefined) return;
      await generation.drain();
      if (generations.get(id) === generation) generations.delete(id);
    },
    suspend(id, suspended) {
      generations.get(id)?.suspend(suspended);
    },
    activity(id) {
      return generations.get(id)?.activity ?? null;
    },
    remove(id) {
      generations.get(id)?.destroy();
      generations.delete(id);
    },
    refuse(reason) {
      refusal = reason;
      if (reason !== null) hold.refuse(refused(reason));
    },
    load() {
      return {
        held: hold.size,
        serving: Array.from(generations.values(), ({ id, inFlight, draining }) => ({
          id,
          inFlight,
          draining,
        })),
      };
    },
  };
}

function refused(reason: string): UpstreamUnavailable {
  return new UpstreamUnavailable(reason, LIMITS.retryAfterSeconds);
}
