// The one writer of the proxy's state: tells the rules what happened and carries out what they say.
import { BugError } from "../core/errors.ts";
import type { GenerationSpec } from "../core/proxy-spec.ts";
import type { ProxySpec } from "./hosting.ts";
import { Hosting } from "./hosting.ts";
import type { ProxyDeps } from "./proxy-deps.ts";
import { INITIAL, reduce } from "./state.ts";
import type { Effect, Input, ProxyFailure, ProxyState } from "./state-types.ts";

export interface ProxyListener {
  ready(ms: number, missing: readonly string[]): void;
  failed(failure: ProxyFailure): void;
}

export class Supervisor {
  readonly #spec: ProxySpec;
  readonly #deps: ProxyDeps;
  readonly #hosting: Hosting;
  readonly #listener: ProxyListener;
  readonly #configurations: GenerationSpec[] = [];
  readonly #inputs: Input[] = [];
  #state = INITIAL;
  #isBusy = false;
  #retry: NodeJS.Timeout | undefined;
  #spawning: Promise<Error | null> = Promise.resolve(null);
  #shutDown: Promise<void> = Promise.resolve();

  constructor(spec: ProxySpec, deps: ProxyDeps, listener: ProxyListener) {
    this.#spec = spec;
    this.#deps = deps;
    this.#listener = listener;
    this.#hosting = new Hosting(spec, deps, (input) => this.#take(input));
  }

  get state(): ProxyState {
    return this.#state;
  }

  pidOf(generation: number): number | null {
    return this.#hosting.pidOf(generation);
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
      const { maxRestarts } = this.#spec.limits;
      const moment = { now: performance.now(), random: Math.random(), maxRestarts };
      const { state, effects } = reduce(this.#state, next, moment);
      this.#state = state;
      for (const effect of effects) this.#carryOut(effect);
      if (next.type === "ready" && isServing(state, next.generation)) {
        this.#listener.ready(next.ms, next.missing);
      }
      if (state.failure !== null) this.#listener.failed(state.failure);
    }
    this.#isBusy = false;
  }

  #carryOut(effect: Effect): void {
    const hosting = this.#hosting;
    switch (effect.type) {
      case "spawn-keeper":
        this.#spawning = hosting.spawn(effect.keeper);
        return;
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
      case "shut-down":
        clearTimeout(this.#retry);
        this.#shutDown = hosting.shutDown();
        return;
      case "event":
        return this.#deps.report.event({ name: effect.name, fields: effect.fields });
    }
  }

  #start({ generation, keeper, spec }: Extract<Effect, { type: "start" }>): void {
    const configuration = this.#configurations[spec];
    if (configuration === undefined) throw new BugError(`there is no configuration ${spec}`);
    void this.#hosting.start(generation, keeper, configuration);
  }
}

function isServing(state: ProxyState, generation: number): boolean {
  return state.generations.some(({ id, status }) => id === generation && status === "serving");
}
