// What follows when something ends or cannot serve: nothing, try again now or later, go back, or give up.
import { pauseBefore, recentDeaths, STABLE_MS } from "./backoff.ts";
import type { Transition } from "./transition.ts";
import { forgo, isServed } from "./elastic.ts";
import { loseStandby } from "./standby.ts";
import type { GenerationState, Input, ProxyFailure } from "./state-types.ts";

/** It lives but cannot serve. */
export function judgeUnready(draft: Transition, id: number, end: ProxyFailure): void {
  const generation = draft.find(id);
  if (generation?.status !== "booting") return;
  draft.kill(id);
  dieUnasked(draft, end, generation);
}

/** It does not answer any more; its end, which nobody else waits for, is this. */
export function endHung(draft: Transition, id: number, end: ProxyFailure): void {
  const generation = draft.find(id);
  if (draft.state.mode !== "running" || generation?.status !== "serving") return;
  draft.kill(id);
  draft.event("proxy.hung", { generation: id, asked: false, cause: end.cause.summary });
  dieUnasked(draft, end, generation);
}

export function endGeneration(draft: Transition, id: number, end: ProxyFailure): void {
  const generation = draft.find(id);
  if (generation === undefined) return;
  draft.forget([generation]);
  const { status } = generation;
  const asked = draft.state.mode !== "running" || status === "stopping" || status === "draining";
  draft.event("proxy.ended", { generation: id, asked, cause: end.cause.summary });
  const keeper = draft.state.keepers.find((known) => known.id === generation.keeper);
  const isLast = draft.state.generations.every((known) => known.keeper !== generation.keeper);
  if (keeper?.status === "used" && isLast) draft.retire(keeper.id);
  if (!asked) dieUnasked(draft, end, generation);
}

/** With it went the generations that it still had: one death. */
export function endKeeper(draft: Transition, id: number, end: ProxyFailure): void {
  const keeper = draft.state.keepers.find((known) => known.id === id);
  if (keeper === undefined) return;
  const lost = draft.state.generations.filter((generation) => generation.keeper === id);
  draft.forget(lost);
  draft.set({ keepers: draft.state.keepers.filter((known) => known !== keeper) });
  const asked =
    draft.state.mode !== "running" ||
    keeper.status === "closing" ||
    (keeper.status === "used" && lost.length === 0);
  draft.event("proxy.keeper-ended", { keeper: id, asked, cause: end.cause.summary });
  if (asked) return;
  const { wanted } = draft.state;
  const served = lost.find(({ status }) => status === "serving") ?? lost[0];
  if (served === undefined && draft.fresh().length > 0) return loseStandby(draft);
  // One without a generation was there for what is wanted.
  const awaited = wanted === null ? null : { spec: wanted, readyAt: null };
  dieUnasked(draft, end, served ?? awaited);
}

/** `lost`: the generation that ended, if one did. */
function dieUnasked(
  draft: Transition,
  end: ProxyFailure,
  lost: Pick<GenerationState, "spec" | "readyAt"> | null,
): void {
  const { proven, wanted, mode, deaths } = draft.state;
  if (mode !== "running") return;
  const { cause } = end;
  const wasReady = lost !== null && lost.readyAt !== null;
  if (!wasReady && lost !== null && proven !== null && lost.spec !== proven) {
    // A new configuration that does not come up: the one before it goes on.
    draft.event("proxy.rejected", { cause: cause.summary });
    if (wanted === lost.spec) draft.set({ wanted: proven });
    return;
  }
  if (!wasReady && lost !== null && isServed(draft, lost.spec)) return forgo(draft, cause.summary);
  const isHopeless = cause.permanent || (cause.kind === "unready" && proven === null);
  if (!wasReady && isHopeless) return fail(draft, end);
  const { now, maxRestarts } = draft.moment;
  const counted = [...recentDeaths(deaths, now), now];
  draft.set({ deaths: counted });
  if (counted.length >= maxRestarts) {
    const times = counted.length === 1 ? "once" : `${counted.length} times`;
    const summary = `${cause.summary}; it died ${times} within 10 minutes`;
    return fail(draft, { ...end, cause: { ...cause, summary } });
  }
  if (wasReady && now - (lost.readyAt ?? now) >= STABLE_MS) {
    draft.set({ failures: 0 });
    draft.event("proxy.restarting", { ms: 0, deaths: counted.length });
  } else pause(draft);
}

/** The keeper would not start a generation. */
export function beRefused(draft: Transition, refusal: Extract<Input, { type: "refused" }>): void {
  const generation = draft.find(refusal.generation);
  if (generation === undefined) return;
  draft.set({ generations: draft.state.generations.filter((known) => known !== generation) });
  const { reason, errno } = refusal;
  draft.event("proxy.refused", { generation: generation.id, reason, errno });
  const keeper = draft.state.keepers.find(({ id }) => id === generation.keeper);
  // It did not become what it was asked to be.
  if (keeper?.status === "used" && !keeper.fork) draft.setKeeper(keeper.id, { status: "idle" });
  if (draft.state.mode !== "running") return;
  switch (reason) {
    case "fork":
      if (isServed(draft, generation.spec)) return forgo(draft, reason);
      // The machine has no room for a process now: no death, but no hurry either.
      return pause(draft);
    case "closing":
      return draft.setKeeper(generation.keeper, { status: "closing" });
    case "unsafe":
    case "import-environment":
      return loseKeeper(draft, generation, reason);
    default:
      return dieUnasked(draft, refusedEnd(reason, true), generation);
  }
}

/** It can start no further generation; those that it has go on. */
function loseKeeper(draft: Transition, refused: GenerationState, reason: string): void {
  if (draft.state.generations.some(({ keeper }) => keeper === refused.keeper)) {
    draft.setKeeper(refused.keeper, { status: "used" });
    if (isServed(draft, refused.spec)) forgo(draft, reason);
    return;
  }
  draft.retire(refused.keeper);
  // Where only the environment is another, the next keeper is made for it.
  if (reason === "unsafe") dieUnasked(draft, refusedEnd(reason, false), null);
}

function pause(draft: Transition): void {
  const { failures } = draft.state;
  const ms = pauseBefore(failures, draft.moment.random);
  draft.set({ pausing: true, failures: failures + 1 });
  draft.do({ type: "retry-after", ms });
  draft.event("proxy.restarting", { ms, deaths: draft.state.deaths.length });
}

function fail(draft: Transition, failure: ProxyFailure): void {
  const { kind, summary } = failure.cause;
  draft.set({ mode: "failed", failure });
  draft.do({ type: "refuse", reason: `LiteLLM failed: ${summary}` });
  draft.event("proxy.failed", { kind, cause: summary });
  for (const { id, status } of draft.state.generations) {
    if (status === "ordered" || status === "booting") draft.kill(id);
  }
  for (const { id, status } of draft.state.keepers) if (status !== "closing") draft.retire(id);
}

function refusedEnd(reason: string, permanent: boolean): ProxyFailure {
  const summary = `its host would not start it (${reason})`;
  return { cause: { kind: "refused", summary, remedy: null, permanent }, lines: [] };
}
