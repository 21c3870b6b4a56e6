// Whether a worker that ended is started again, and when (design 4.1).
import type { ExitStatus } from "../platform/exit-status.ts";

/** once: its end is the instance's end (foreground); on-failure: a daemon's. */
export type WorkerPolicy = "once" | "on-failure";

/** One failure. */
export interface Failure {
  /** When, monotonic ms. */
  readonly at: number;
  /** How long it had run, ms. */
  readonly ranMs: number;
}

export type Decision =
  | { readonly kind: "end" }
  | { readonly kind: "give up" }
  | { readonly kind: "restart"; readonly afterMs: number };

/** As LiteLLM's own limits: design 4.1. */
const WINDOW_MS = 10 * 60_000;
const MOST_FAILURES = 5;
const STABLE_MS = 10_000;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

/** `failures` ends with the present one. */
export function decideRestart(
  policy: WorkerPolicy,
  status: ExitStatus,
  failures: readonly Failure[],
): Decision {
  if (policy === "once" || status.code === 0) return { kind: "end" };
  const latest = failures.at(-1);
  if (latest === undefined) return { kind: "restart", afterMs: 0 };
  const recent = failures.filter(({ at }) => latest.at - at < WINDOW_MS);
  if (recent.length >= MOST_FAILURES) return { kind: "give up" };
  if (latest.ranMs >= STABLE_MS) return { kind: "restart", afterMs: 0 };
  const inRow = recent.length - 1 - recent.findLastIndex(({ ranMs }) => ranMs >= STABLE_MS);
  return {
    kind: "restart",
    afterMs: Math.min(FIRST_PAUSE_MS * 2 ** (inRow - 1), LONGEST_PAUSE_MS),
  };
}
