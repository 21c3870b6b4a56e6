// Looks after the serving generations every second or two: asks the silent ones, weighs CPU and memory, tells the rules.
import { setAlignedInterval } from "../platform/aligned-interval.ts";
import type { UpstreamControl } from "../core/upstream.ts";
import { os } from "../platform/os.ts";
import type { HostedGeneration } from "./hosted-generation.ts";
import { isAnswering } from "./probe.ts";
import type { Input, ProxyState } from "./state-types.ts";
import type { Pulse, Sign } from "./watchdog.ts";
import { judge, newPulse } from "./watchdog.ts";
import { Weighing } from "./weighing.ts";

export interface VitalsDeps {
  readonly upstream: UpstreamControl;
  readonly find: (generation: number) => HostedGeneration | null;
  readonly tell: (input: Input) => void;
}

const TICK_MS = 1_000;
/** While one alone serves and nothing is under way: an idle machine feels each time that a process wakes. */
const QUIET_TICK_MS = 2_000;

export class Vitals {
  readonly #deps: VitalsDeps;
  readonly #weighing: Weighing;
  readonly #pulses = new Map<number, Pulse>();
  #tickMs: number | null = null;
  #stopTicking = (): void => {};

  constructor(deps: VitalsDeps) {
    this.#deps = deps;
    this.#weighing = new Weighing(deps.tell);
  }

  /** To be told of every state. `limits`: of the wanted configuration. */
  follow(
    { mode, generations, keepers }: ProxyState,
    limits: { readonly most: number; readonly recycleAtMb: number | null },
  ): void {
    const canFork = keepers.some(({ status, fork }) => status === "idle" && fork);
    this.#weighing.limits = canFork ? limits : { ...limits, most: 1 };
    const serving =
      mode === "running" ? generations.filter(({ status }) => status === "serving") : [];
    for (const id of this.#pulses.keys()) {
      if (!serving.some((generation) => generation.id === id)) this.#pulses.delete(id);
    }
    for (const { id } of serving) {
      const activity = this.#activity(id);
      if (activity === null || this.#pulses.has(id)) continue;
      this.#pulses.set(id, newPulse(performance.now(), activity));
    }
    this.#setPace();
  }

  #setPace(): void {
    const ids = [...this.#pulses.keys()];
    const isQuiet = ids.length === 1 && ids.every((id) => this.#activity(id)?.inFlight === 0);
    const ms = ids.length === 0 ? null : isQuiet ? QUIET_TICK_MS : TICK_MS;
    if (ms === this.#tickMs) return;
    this.#stopTicking();
    this.#tickMs = ms;
    if (ms !== null) this.#stopTicking = setAlignedInterval(ms, () => this.#tick());
  }

  #tick(): void {
    const serving = [];
    for (const id of this.#pulses.keys()) {
      const activity = this.#activity(id);
      if (activity === null) continue;
      this.#take(id, { type: "tick", activity });
      const pid = this.#deps.find(id)?.pid ?? null;
      if (pid !== null) serving.push({ id, pid, inFlight: activity.inFlight });
    }
    void this.#weighing.weigh(serving);
    this.#setPace();
  }

  #take(id: number, sign: Sign): void {
    const before = this.#pulses.get(id);
    const generation = this.#deps.find(id);
    if (before === undefined || generation === null) return;
    const now = performance.now();
    const { pulse, probe, hung } = judge(before, sign, now);
    this.#pulses.set(id, pulse);
    const isSilent = pulse.failures > 0;
    if (isSilent !== before.failures > 0) this.#deps.upstream.suspend(generation.name, isSilent);
    if (hung) {
      const seconds = Math.round((now - pulse.aliveAt) / 1000);
      const end = generation.describe(`LiteLLM hung: nothing came from it for ${seconds} s`);
      this.#deps.tell({ type: "hung", generation: id, end });
    } else if (probe) void this.#probe(id, generation, now);
  }

  async #probe(id: number, generation: HostedGeneration, probedAt: number): Promise<void> {
    if (await isAnswering(generation.socketPath)) {
      return this.#take(id, { type: "answered", probedAt });
    }
    const stopped =
      generation.pid !== null && (await os.isStopped(generation.pid).catch(() => false));
    const activity = this.#activity(id);
    if (activity !== null) this.#take(id, { type: "silent", probedAt, activity, stopped });
  }

  #activity(id: number) {
    const name = this.#deps.find(id)?.name;
    return name === undefined ? null : this.#deps.upstream.activity(name);
  }
}
