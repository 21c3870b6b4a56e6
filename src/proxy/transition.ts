// One step from state to state while the rules make it: they write the changes and the effects to it.
import type {
  Effect,
  EventFields,
  GenerationState,
  KeeperState,
  Moment,
  ProxyState,
} from "./state-types.ts";

export class Transition {
  state: ProxyState;
  readonly effects: Effect[] = [];
  readonly moment: Moment;

  constructor(state: ProxyState, moment: Moment) {
    this.state = state;
    this.moment = moment;
  }

  set(change: Partial<ProxyState>): void {
    this.state = { ...this.state, ...change };
  }

  do(...effects: Effect[]): void {
    this.effects.push(...effects);
  }

  event(name: string, fields: EventFields = {}): void {
    this.effects.push({ type: "event", name, fields });
  }

  find(generation: number): GenerationState | undefined {
    return this.state.generations.find(({ id }) => id === generation);
  }

  setGeneration(id: number, change: Partial<GenerationState>): void {
    const generations = this.state.generations.map((known) =>
      known.id === id ? { ...known, ...change } : known,
    );
    this.set({ generations });
  }

  setKeeper(id: number, change: Partial<KeeperState>): void {
    const keepers = this.state.keepers.map((known) =>
      known.id === id ? { ...known, ...change } : known,
    );
    this.set({ keepers });
  }

  /** Of the wanted configuration, and here to stay. */
  fresh(): readonly GenerationState[] {
    const { generations, wanted } = this.state;
    return generations.filter(
      ({ spec, status, tired }) => spec === wanted && status === "serving" && !tired,
    );
  }

  /** It gets no new request and ends with its last. */
  drain(generation: number): void {
    this.setGeneration(generation, { status: "draining" });
    this.do({ type: "drain", generation });
    this.event("proxy.draining", { generation });
  }

  /** It ends now, and its end is no death. */
  kill(generation: number): void {
    this.setGeneration(generation, { status: "stopping" });
    this.do({ type: "kill-generation", generation });
  }

  /** `standby`: nobody waits for it. */
  spawnKeeper({ standby = false } = {}): void {
    const id = this.state.lastKeeper + 1;
    const keeper: KeeperState = { id, status: "importing", fork: false };
    this.set({ keepers: [...this.state.keepers, keeper], lastKeeper: id });
    this.do({ type: standby ? "spawn-standby" : "spawn-keeper", keeper: id });
    this.event("proxy.spawned", { keeper: id, ...(standby && { standby }) });
  }

  /** It hosts no further generation. */
  retire(keeper: number): void {
    this.setKeeper(keeper, { status: "closing" });
    this.do({ type: "quit-keeper", keeper });
  }

  /** They have ended. */
  forget(ended: readonly GenerationState[]): void {
    this.set({ generations: this.state.generations.filter((known) => !ended.includes(known)) });
  }
}
