// The proxy's life as a pure function: a state and something that happened give the next state and what to do.
import { beRefused, endGeneration, endHung, endKeeper, judgeUnready } from "./death.ts";
import { goalOf, grow, recycle, replaceTired, shrink } from "./elastic.ts";
import { comeDue, keepStandby } from "./standby.ts";
import { Transition } from "./transition.ts";
import type { Effect, GenerationState, Input, Moment, ProxyState } from "./state-types.ts";

export interface Step {
  readonly state: ProxyState;
  /** To be carried out in this order. */
  readonly effects: readonly Effect[];
}

export const INITIAL: ProxyState = {
  mode: "running",
  keepers: [],
  generations: [],
  wanted: null,
  proven: null,
  deaths: [],
  failures: 0,
  pausing: false,
  failure: null,
  target: 1,
  recycled: 0,
  standby: "none",
  standbyLosses: 0,
  lastKeeper: 0,
  lastGeneration: 0,
};

export function reduce(state: ProxyState, input: Input, moment: Moment): Step {
  const draft = new Transition(state, moment);
  take(draft, input);
  if (draft.state.mode === "running") advance(draft);
  if (draft.state.mode === "stopping" && draft.state.keepers.length === 0) {
    draft.set({ mode: "stopped", generations: [] });
    draft.event("proxy.stopped");
  }
  return { state: draft.state, effects: draft.effects };
}

function take(draft: Transition, input: Input): void {
  switch (input.type) {
    case "begin":
      return draft.spawnKeeper();
    case "serve":
      return serve(draft, input.spec);
    case "imported":
      return imported(draft, input.keeper, input.fork);
    case "started":
      return started(draft, input.generation);
    case "refused":
      return beRefused(draft, input);
    case "ready":
      return ready(draft, input);
    case "unready":
      return judgeUnready(draft, input.generation, input.end);
    case "drained":
      return drained(draft, input.generation);
    case "ended":
      return endGeneration(draft, input.generation, input.end);
    case "hung":
      return endHung(draft, input.generation, input.end);
    case "grow":
      return grow(draft);
    case "shrink":
      return shrink(draft);
    case "recycle":
      return recycle(draft, input.generation, input.mb);
    case "keeper-ended":
      return endKeeper(draft, input.keeper, input.end);
    case "retry":
      return draft.set({ pausing: false });
    case "standby":
      return comeDue(draft);
    case "stop":
      return stop(draft);
  }
}

/** Starts what is wanted where it is missing and nothing is in the way. */
function advance(draft: Transition): void {
  const { wanted, pausing, keepers } = draft.state;
  if (wanted === null || pausing) return;
  for (const { id, spec, status } of draft.state.generations) {
    if (isComing(status) && spec !== wanted) draft.kill(id);
  }
  if (draft.state.generations.some(({ spec, status }) => spec === wanted && isComing(status)))
    return;
  const serving = draft.fresh().length;
  const keeper = keepers.find(({ status, fork }) => status === "idle" && (fork || serving === 0));
  if (serving >= goalOf(draft) || keeper === undefined) {
    // A further generation is not worth another keeper.
    if (serving > 0) keepStandby(draft);
    else if (!keepers.some(({ status }) => status === "importing")) draft.spawnKeeper();
    return;
  }
  if (!keeper.fork) {
    draft.setKeeper(keeper.id, { status: "used" });
    draft.set({ standbyLosses: 0 });
  }
  const generation: GenerationState = {
    id: draft.state.lastGeneration + 1,
    keeper: keeper.id,
    spec: wanted,
    status: "ordered",
    readyAt: null,
    missing: [],
    tired: false,
  };
  draft.set({
    generations: [...draft.state.generations, generation],
    lastGeneration: generation.id,
  });
  draft.do({
    type: "start",
    generation: generation.id,
    keeper: keeper.id,
    spec: wanted,
    further: serving > 0,
  });
}

function isComing(status: GenerationState["status"]): boolean {
  return status === "ordered" || status === "booting";
}

function serve(draft: Transition, spec: number): void {
  const { mode } = draft.state;
  if (mode === "stopping" || mode === "stopped") return;
  if (mode === "failed") {
    draft.set({ mode: "running", failure: null, deaths: [], failures: 0 });
    draft.do({ type: "refuse", reason: null });
  }
  draft.set({ wanted: spec, pausing: false });
}

function imported(draft: Transition, keeper: number, fork: boolean): void {
  const known = draft.state.keepers.find(({ id }) => id === keeper);
  if (known?.status !== "importing") return;
  draft.setKeeper(keeper, { status: "idle", fork });
  draft.event("proxy.imported", { keeper, fork });
}

function started(draft: Transition, id: number): void {
  const generation = draft.find(id);
  if (generation?.status !== "ordered" || draft.state.mode !== "running") return;
  draft.setGeneration(id, { status: "booting" });
  // Ordered before a stop: it is about to end.
  if (draft.state.mode === "running") draft.do({ type: "probe", generation: id });
  draft.event("proxy.started", { generation: id, keeper: generation.keeper });
}

function ready(draft: Transition, input: Extract<Input, { type: "ready" }>): void {
  const { generation: id, missing, ms } = input;
  const generation = draft.find(id);
  if (generation?.status !== "booting" || draft.state.mode !== "running") return;
  const outdated = draft.state.generations.filter(
    ({ status, spec }) => status === "serving" && spec !== generation.spec,
  );
  draft.setGeneration(id, { status: "serving", readyAt: draft.moment.now, missing });
  // The time before the next standby begins with this one's service.
  draft.set({ proven: generation.spec, standby: "none" });
  draft.do({ type: "add", generation: id });
  draft.event("proxy.ready", { generation: id, ms, missing: missing.join(",") || null });
  for (const old of outdated) draft.drain(old.id);
  replaceTired(draft);
}

function drained(draft: Transition, id: number): void {
  if (draft.find(id)?.status !== "draining") return;
  draft.setGeneration(id, { status: "stopping" });
  draft.do({ type: "stop-generation", generation: id });
}

function stop(draft: Transition): void {
  if (draft.state.mode === "stopping" || draft.state.mode === "stopped") return;
  draft.set({ mode: "stopping", pausing: false });
  draft.event("proxy.stopping");
  draft.do({ type: "refuse", reason: "sidelite is stopping" }, { type: "shut-down" });
}
