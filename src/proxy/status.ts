// The proxy's state as `status` shows it.
import type { GenerationSpec } from "../core/proxy-spec.ts";
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
  /** How many serve, how many may, and why only one may. */
  readonly processes: {
    readonly serving: number;
    readonly most: number;
    readonly whyOne: string | null;
  };
  /** How often one was replaced because its memory passed the limit. */
  readonly recycled: number;
  /** Configured model names that LiteLLM does not list. */
  readonly missing: readonly string[];
  /** Unasked, in the last ten minutes before the latest of them. */
  readonly deaths: number;
  readonly failure: ProxyFailure | null;
}

export function describeState(
  state: ProxyState,
  wanted: Pick<GenerationSpec, "most" | "whyOne"> | null,
  pidOf: (generation: number) => number | null,
): ProxyStatus {
  const serving = state.generations.filter(({ status }) => status === "serving");
  return {
    phase: phaseOf(state, serving[0]),
    generations: state.generations.map(({ id, status }) => ({
      name: `g${id}`,
      status,
      pid: pidOf(id),
    })),
    processes: { serving: serving.length, ...limitOf(state, wanted) },
    recycled: state.recycled,
    missing: serving[0]?.missing ?? [],
    deaths: state.deaths.length,
    failure: state.failure,
  };
}

function limitOf(
  { keepers }: ProxyState,
  wanted: Pick<GenerationSpec, "most" | "whyOne"> | null,
): Pick<ProxyStatus["processes"], "most" | "whyOne"> {
  const { most = 1, whyOne = null } = wanted ?? {};
  const hasImported = keepers.some(({ status }) => status !== "importing");
  if (whyOne !== null || !hasImported || keepers.some(({ fork }) => fork)) return { most, whyOne };
  return { most: 1, whyOne: "LiteLLM's process cannot be forked here" };
}

function phaseOf(state: ProxyState, serving: GenerationState | undefined): ProxyStatus["phase"] {
  if (state.mode !== "running") return state.mode;
  if (serving !== undefined) return serving.missing.length > 0 ? "degraded" : "ready";
  return state.proven === null && state.deaths.length === 0 ? "starting" : "restarting";
}
