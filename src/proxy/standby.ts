// Where nothing can be forked: one keeper more, that has imported LiteLLM and waits for a crash or a reload.
import type { Transition } from "./transition.ts";

/** From the start of service: the first requests have the processor to themselves. */
const STANDBY_AFTER_MS = 5_000;
/** One that ends by itself again and again, such as for want of memory, must not cost an import every few seconds. */
const LONGEST_PAUSE_MS = 10 * 60_000;

export function comeDue(draft: Transition): void {
  if (draft.state.mode === "running") draft.set({ standby: "due" });
}

/** To be asked while what is wanted is served and nothing comes. */
export function keepStandby(draft: Transition): void {
  const { keepers, standby, standbyLosses } = draft.state;
  const canFork = draft
    .fresh()
    .every(({ keeper }) => keepers.some(({ id, fork }) => id === keeper && fork));
  const isThere = keepers.some(({ status }) => status === "importing" || status === "idle");
  if (canFork || isThere || standby === "waiting") return;
  if (standby === "due") {
    draft.set({ standby: "none" });
    return draft.spawnKeeper({ standby: true });
  }
  const ms = Math.min(STANDBY_AFTER_MS * 2 ** standbyLosses, LONGEST_PAUSE_MS);
  draft.set({ standby: "waiting" });
  draft.do({ type: "standby-after", ms });
}

/** It ended unasked and nobody waited for it: no death. */
export function loseStandby(draft: Transition): void {
  draft.set({ standbyLosses: draft.state.standbyLosses + 1, standby: "none" });
}
