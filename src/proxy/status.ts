// The proxy's state as `status` shows it.
import type { GenerationState, ProxyFailure, ProxyState } from "./state-types.ts";

export interface ProxyStatus {
  readonly phase:
    | "starting"
    | "ready"
    | "degraded"
    | "restarting"
    | "stopping"
    | "stopped"
    | "failed";
  readonly generations: readonly {
    readonly name: string;
    readonly status: GenerationState["status"];
    readonly pid: number | null;
  }[];
  /** Configured model names that LiteLLM does not list. */
  readonly missing: readonly string[];
  /** Unasked, in the last ten minutes before the latest of them. */
  readonly deaths: number;
  readonly failure: ProxyFailure | null;
}

export function describeState(
  state: ProxyState,
  pidOf: (generation: number) => number | null,
): ProxyStatus {
  const serving = state.generations.find(({ status }) => status === "serving");
  return {
    phase: phaseOf(state, serving),
    generations: state.generations.map(({ id, status }) => ({
      name: `g${id}`,
      status,
      pid: pidOf(id),
    })),
    missing: serving?.missing ?? [],
    deaths: state.deaths.length,
    failure: state.failure,
  };
}

function phaseOf(state: ProxyState, serving: GenerationState | undefined): ProxyStatus["phase"] {
  if (state.mode !== "running") return state.mode;
  if (serving !== undefined) return serving.missing.length > 0 ? "degraded" : "ready";
  return state.proven === null && state.deaths.length === 0 ? "starting" : "restarting";
}
