// The rules on a virtual clock: inputs in, effects out.
import { INITIAL, reduce } from "../../src/proxy/state.ts";
import type { Effect, Input, ProxyFailure, ProxyState } from "../../src/proxy/state-types.ts";

export class Machine {
  state: ProxyState = INITIAL;
  now = 1_000_000;
  /** How many generations may serve a configuration, by its number; one where it is not said. */
  most: readonly number[] = [];
  readonly #maxRestarts: number;

  constructor(maxRestarts = 5) {
    this.#maxRestarts = maxRestarts;
  }

  /** What is to be done about it, as text; events apart. */
  take(input: Input): string[] {
    return this.effects(input)
      .filter(({ type }) => type !== "event")
      .map(render);
  }

  /** Names of the events that it causes. */
  events(input: Input): string[] {
    return this.effects(input).flatMap((effect) => (effect.type === "event" ? [effect.name] : []));
  }

  effects(input: Input): readonly Effect[] {
    const moment = {
      now: this.now,
      random: 0,
      maxRestarts: this.#maxRestarts,
      most: (spec: number) => this.most[spec] ?? 1,
    };
    const step = reduce(this.state, input, moment);
    this.state = step.state;
    return step.effects;
  }

  /** A keeper that imported, its generation 1 ready since `ready` ms. */
  bootFirst(options: { readonly fork?: boolean; readonly ready?: number } = {}): this {
    this.take({ type: "begin" });
    this.take({ type: "serve", spec: 0 });
    this.take({ type: "imported", keeper: 1, fork: options.fork ?? true });
    this.makeReady(1);
    this.now += options.ready ?? 0;
    return this;
  }

  makeReady(generation: number): string[] {
    this.take({ type: "started", generation });
    return this.take({ type: "ready", generation, missing: [], ms: 5 });
  }
}

export function ending(change: Partial<ProxyFailure["cause"]> = {}): ProxyFailure {
  const cause = { kind: "killed", summary: "it was killed", remedy: null, permanent: false };
  return { cause: { ...cause, ...change }, lines: ["last words"] };
}

/** Type and values; of what is true its name. */
function render(effect: Effect): string {
  const { type, ...rest } = effect;
  const told = Object.entries(rest).filter(([, value]) => value !== false);
  return [type, ...told.map(([name, value]) => (value === true ? name : String(value)))].join(" ");
}
