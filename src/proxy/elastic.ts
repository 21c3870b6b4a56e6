// How many generations serve: one more, one less, a fresh one in a large one's place.
import type { Transition } from "./transition.ts";

/** How many shall serve what is wanted. */
export function goalOf({ state, moment }: Transition): number {
  const { wanted, target } = state;
  return wanted === null ? 1 : Math.max(1, Math.min(target, moment.most(wanted)));
}

export function grow(draft: Transition): void {
  const { mode, wanted, keepers } = draft.state;
  if (mode !== "running" || wanted === null) return;
  const goal = goalOf(draft);
  const canFork = keepers.some(({ status, fork }) => status === "idle" && fork);
  // One after the other: what was asked for before has to serve first.
  if (!canFork || draft.fresh().length < goal || goal >= draft.moment.most(wanted)) return;
  draft.set({ target: goal + 1 });
  draft.event("proxy.growing", { target: goal + 1 });
}

export function shrink(draft: Transition): void {
  const goal = goalOf(draft);
  const fresh = draft.fresh();
  const leaving = fresh.at(-1);
  if (draft.state.mode !== "running" || goal < 2 || leaving === undefined || fresh.length < goal) {
    return;
  }
  draft.set({ target: goal - 1 });
  draft.event("proxy.shrinking", { target: goal - 1 });
  draft.drain(leaving.id);
}

/** It goes on serving until another is ready. */
export function recycle(draft: Transition, id: number, mb: number): void {
  const generation = draft.find(id);
  if (draft.state.mode !== "running" || generation?.status !== "serving" || generation.tired)
    return;
  draft.setGeneration(id, { tired: true });
  draft.event("proxy.recycling", { generation: id, mb });
}

/** Another is ready; each takes one's place. */
export function replaceTired(draft: Transition): void {
  const tired = draft.state.generations.find(
    (generation) => generation.status === "serving" && generation.tired,
  );
  if (tired === undefined) return;
  draft.set({ recycled: draft.state.recycled + 1 });
  draft.drain(tired.id);
}

export function isServed({ state }: Transition, spec: number): boolean {
  return state.generations.some((known) => known.spec === spec && known.status === "serving");
}

/** A further generation does not come up: those that serve go on as they are, until more is asked for again. */
export function forgo(draft: Transition, cause: string): void {
  for (const { id, tired } of draft.state.generations) {
    if (tired) draft.setGeneration(id, { tired: false });
  }
  draft.set({ target: Math.max(1, draft.fresh().length) });
  draft.event("proxy.forgone", { cause });
}
