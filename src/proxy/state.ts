// The proxy's life as a pure function: a state and something that happened give the next state and what to do.
import { beRefused, endGeneration, endKeeper, judgeUnready } from "./death.ts";
import { Draft } from "./state-draft.ts";
import type {
  Effect,
  GenerationState,
  Input,
  KeeperState,
  Moment,
  ProxyState,
} from "./state-types.ts";

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
  lastKeeper: 0,
  lastGeneration: 0,
};

export function reduce(state: ProxyState, input: Input, moment: Moment): Step {
  const draft = new Draft(state, moment);
  take(draft, input);
  if (draft.state.mode === "running") advance(draft);
  if (draft.state.mode === "stopping" && draft.state.keepers.length === 0) {
    draft.set({ mode: "stopped", generations: [] });
    draft.event("proxy.stopped");
  }
  return { state: draft.state, effects: draft.effects };
}

function take(draft: Draft, input: Input): void {
  switch (input.type) {
    case "begin":
      return spawnKeeper(draft);
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
    case "keeper-ended":
      return endKeeper(draft, input.keeper, input.end);
    case "retry":
      return draft.set({ pausing: false });
    case "stop":
      return stop(draft);
  }
}

/** Starts what is wanted where it is missing and nothing is in the way. */
function advance(draft: Draft): void {
  const { wanted, pausing, keepers } = draft.state;
  if (wanted === null || pausing) return;
  for (const { id, spec, status } of draft.state.generations) {
    if (isComing(status) && spec !== wanted) draft.kill(id);
  }
  const isServed = draft.state.generations.some(
    ({ spec, status }) => spec === wanted && (isComing(status) || status === "serving"),
  );
  if (isServed) return;
  const keeper = keepers.find(({ status }) => status === "idle");
  if (keeper === undefined) {
    if (!keepers.some(({ status }) => status === "importing")) spawnKeeper(draft);
    return;
  }
  if (!keeper.fork) draft.setKeeper(keeper.id, { status: "used" });
  const generation: GenerationState = {
    id: draft.state.lastGeneration + 1,
    keeper: keeper.id,
    spec: wanted,
    status: "ordered",
    readyAt: null,
    missing: [],
  };
  draft.set({
    generations: [...draft.state.generations, generation],
    lastGeneration: generation.id,
  });
  draft.do({ type: "start", generation: generation.id, keeper: keeper.id, spec: wanted });
}

function isComing(status: GenerationState["status"]): boolean {
  return status === "ordered" || status === "booting";
}

function spawnKeeper(draft: Draft): void {
  const id = draft.state.lastKeeper + 1;
  const keeper: KeeperState = { id, status: "importing", fork: false };
  draft.set({ keepers: [...draft.state.keepers, keeper], lastKeeper: id });
  draft.do({ type: "spawn-keeper", keeper: id });
  draft.event("proxy.spawned", { keeper: id });
}

function serve(draft: Draft, spec: number): void {
  const { mode } = draft.state;
  if (mode === "stopping" || mode === "stopped") return;
  if (mode === "failed") {
    draft.set({ mode: "running", failure: null, deaths: [], failures: 0 });
    draft.do({ type: "refuse", reason: null });
  }
  draft.set({ wanted: spec, pausing: false });
}

function imported(draft: Draft, keeper: number, fork: boolean): void {
  const known = draft.state.keepers.find(({ id }) => id === keeper);
  if (known?.status !== "importing") return;
  draft.setKeeper(keeper, { status: "idle", fork });
  draft.event("proxy.imported", { keeper, fork });
}

function started(draft: Draft, id: number): void {
  const generation = draft.find(id);
  if (generation?.status !== "ordered") return;
  draft.setGeneration(id, { status: "booting" });
  // Ordered before a stop: it is about to end.
  if (draft.state.mode === "running") draft.do({ type: "probe", generation: id });
  draft.event("proxy.started", { generation: id, keeper: generation.keeper });
}

function ready(draft: Draft, input: Extract<Input, { type: "ready" }>): void {
  const { generation: id, missing, ms } = input;
  const generation = draft.find(id);
  if (generation?.status !== "booting" || draft.state.mode !== "running") return;
  const before = draft.state.generations.filter(({ status }) => status === "serving");
  draft.setGeneration(id, { status: "serving", readyAt: draft.moment.now, missing });
  draft.set({ proven: generation.spec });
  draft.do({ type: "add", generation: id });
  draft.event("proxy.ready", { generation: id, ms, missing: missing.join(",") || null });
  for (const old of before) {
    draft.setGeneration(old.id, { status: "draining" });
    draft.do({ type: "drain", generation: old.id });
    draft.event("proxy.draining", { generation: old.id });
  }
}

function drained(draft: Draft, id: number): void {
  if (draft.find(id)?.status !== "draining") return;
  draft.setGeneration(id, { status: "stopping" });
  draft.do({ type: "stop-generation", generation: id });
}

function stop(draft: Draft): void {
  if (draft.state.mode === "stopping" || draft.state.mode === "stopped") return;
  draft.set({ mode: "stopping", pausing: false });
  draft.event("proxy.stopping");
  draft.do({ type: "refuse", reason: "sidelite is stopping" }, { type: "shut-down" });
}
