// A report that keeps what was said.
import type { Report } from "../../src/core/report.ts";

export interface KeptReport extends Report {
  /** "info: ...", "verbose: ...", "progress: ...", in their order. */
  readonly said: readonly string[];
}

export function keepReport(): KeptReport {
  const said: string[] = [];
  const keep = (kind: string) => (text: string) => void said.push(`${kind}: ${text}`);
  return {
    said,
    info: keep("info"),
    verbose: keep("verbose"),
    problem: (problem) => keep("problem")(problem.message),
    event: (event) => keep("event")(event.name),
    progress: (text) => {
      keep("progress")(text);
      return { update: keep("progress"), done: (end) => end !== undefined && keep("done")(end) };
    },
  };
}
