// The one writer of the proxy's state: tells the rules what happened and carries out what they say.
import { BugError } from "../core/errors.ts";
import type { GenerationSpec } from "../core/proxy-spec.ts";
import type { ProxySpec } from "./hosting.ts";
import { Hosting } from "./hosting.ts";
import type { ProxyDeps } from "./proxy-deps.ts";
import { INITIAL, reduce } from "./state.ts";
import { Vitals } from "./vitals.ts";
import type {
  Effect,
  Input,
  Moment,
  ProxyFailure,
  ProxyState,
  StartEffect,
} from "./state-types.ts";

export interface ProxyListener {
  ready(ms: number, missing: readonly string[]): void;
  failed(failure: ProxyFailure): void;
}

export class Supervisor {
  readonly #spec: ProxySpec;
  readonly #deps: ProxyDeps;
  readonly #hosting: Hosting;
  readonly #vitals: Vitals;
  readonly #listener: ProxyListener;
  readonly #configurations: GenerationSpec[] = [];
  readonly #inputs: Input[] = [];
  #state = INITIAL;
  #isBusy = false;
  #retry: NodeJS.Timeout | undefined;
  #standby: NodeJS.Timeout | undefined;
  #spawning: Promise<Error | null> = Promise.resolve(null);
  #shutDown: Promise<void> = Promise.resolve();

  constructor(spec: ProxySpec, deps: ProxyDeps, listener: ProxyListener) {
    this.#spec = spec;
    this.#deps = deps;
    this.#listener = listener;
    const tell = (input: Input): void => this.#take(input);
    this.#hosting = new Hosting(spec, deps, tell);
    const { upstream } = deps;
    this.#vitals = new Vitals({ upstream, find: (id) => this.#hosting.find(id), tell });
  }

  get state(): ProxyState {
    return this.#state;
  }

  /** The configuration that is wanted now; null: none was given yet. */
  get wanted(): GenerationSpec | null {
    return this.#configurations[this.#state.wanted ?? -1] ?? null;
  }

  pidOf(generation: number): number | null {
    return this.#hosting.find(generation)?.pid ?? null;
  }

  /** Returns when the keeper runs; throws UserError when it cannot. */
  async begin(): Promise<void> {
    this.#take({ type: "begin" });
    const error = await this.#spawning;
    if (error !== null) throw error;
  }

  serve(configuration: GenerationSpec): void {
    this.#configurations.push(configuration);
    this.#take({ type: "serve", spec: this.#configurations.length - 1 });
  }

  /** Everything is killed when `deadline` fires. */
  async stop(deadline: AbortSignal): Promise<void> {
    this.#take({ type: "stop" });
    const hurry = (): void => this.#hosting.killAll();
    if (deadline.aborted) hurry();
    deadline.addEventListener("abort", hurry, { once: true });
    await this.#shutDown;
    deadline.removeEventListener("abort", hurry);
  }

  /** One after another, each with its effects: what an effect causes at once waits its turn. */
  #take(input: Input): void {
    this.#inputs.push(input);
    if (this.#isBusy) return;
    this.#isBusy = true;
    for (let next = this.#inputs.shift(); next !== undefined; next = this.#inputs.shift()) {
      const { state, effects } = reduce(this.#state, next, this.#moment());
      this.#state = state;
      for (const effect of effects) this.#carryOut(effect);
      if (next.type === "ready" && isServing(state, next.generation)) {
        this.#listener.ready(next.ms, next.missing);
      }
      if (state.failure !== null) this.#listener.failed(state.failure);
    }
    const { most = 1, recycleAtMb = null } = this.wanted ?? {};
    this.#vitals.follow(this.#state, { most, recycleAtMb });
    this.#isBusy = false;
  }

  #moment(): Moment {
    return {
      now: performance.now(),
      random: Math.random(),
      maxRestarts: this.#spec.limits.maxRestarts,
      most: (spec) => this.#configurations[spec]?.most ?? 1,
    };
  }

  #carryOut(effect: Effect): void {
    const hosting = this.#hosting;
    switch (effect.type) {
      case "spawn-keeper":
        this.#spawning = hosting.spawn(effect.keeper, this.wanted);
        return;
      case "spawn-standby":
        return void hosting.spawn(effect.keeper, this.wanted, true);
      case "quit-keeper":
        return void hosting.quit(effect.keeper);
      case "start":
        return this.#start(effect);
      case "probe":
        return void hosting.probe(effect.generation);
      case "add":
        return hosting.add(effect.generation);
      case "drain":
        return void hosting.drain(effect.generation);
      case "stop-generation":
        return void hosting.stop(effect.generation);
      case "kill-generation":
        return hosting.kill(effect.generation);
      case "refuse":
        return this.#deps.upstream.refuse(effect.reason);
      case "retry-after":
        clearTimeout(this.#retry);
        this.#retry = setTimeout(() => this.#take({ type: "retry" }), effect.ms);
        return;
      case "standby-after":
        clearTimeout(this.#standby);
        this.#standby = setTimeout(() => this.#take({ type: "standby" }), effect.ms);
        return;
      case "shut-down":
        clearTimeout(this.#retry);
        clearTimeout(this.#standby);
        this.#shutDown = hosting.shutDown();
        return;
      case "event":
        return this.#deps.report.event({ name: effect.name, fields: effect.fields });
    }
  }

  #start(effect: StartEffect): void {
    const configuration = this.#configurations[effect.spec];
    if (configuration === undefined) throw new BugError(`there is no configuration ${effect.spec}`);
    void this.#hosting.start(effect, configuration);
  }
}

function isServing(state: ProxyState, generation: number): boolean {
  return state.generations.some(({ id, status }) => id === generation && status === "serving");
}
