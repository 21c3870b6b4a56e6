// Ends a child by one signal after another, and what is left of its group.
import type { ExitStatus } from "./exit-status.ts";
import { settledWithin } from "./settled-within.ts";
import type { Child } from "./spawn.ts";

export interface StopStep {
  readonly signal: NodeJS.Signals;
  /** How long it may take before the next step. */
  readonly waitMs: number;
  /** To the whole group instead of its leader. */
  readonly group?: boolean;
}

export interface Stopped {
  /** SIGKILL was needed. */
  readonly forced: boolean;
  readonly status: ExitStatus;
}

/** A process in uninterruptible sleep does not die; it must not hold us for ever. */
const KILL_WAIT_MS = 2_000;

/** After the steps, or at once when `deadline` fires: SIGKILL, to the group where it has its own. */
export async function stopGroup(
  child: Child,
  steps: readonly StopStep[],
  options: { readonly deadline?: AbortSignal } = {},
): Promise<Stopped> {
  const { ownGroup } = child;
  const { deadline } = options;
  for (const step of steps) {
    if (child.status() !== null || deadline?.aborted) break;
    if (step.group === true && ownGroup) child.killGroup(step.signal);
    else child.kill(step.signal);
    await settledWithin(child.exited, step.waitMs, deadline);
  }
  const forced = child.status() === null;
  if (ownGroup) child.killGroup("SIGKILL");
  else if (forced) child.kill("SIGKILL");
  if (forced) await settledWithin(child.exited, KILL_WAIT_MS);
  return { forced, status: child.status() ?? { code: null, signal: "SIGKILL" } };
}
