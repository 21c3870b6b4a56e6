// Remembers when named events came first, and shows them in order.
import type { Host } from "../core/host.ts";
import type { Report } from "../core/report.ts";
import { renderTable } from "./table.ts";
import { renderSeconds } from "./units.ts";

export interface Timeline {
  readonly report: Report;
  /** One line for each wanted event, as `label  1.23 s` after the process began; missing ones as `-`. */
  render(wanted: readonly (readonly [event: string, label: string])[]): string;
  has(event: string): boolean;
}

/** `host.monotonic()` counts from the process's start. */
export function recordTimeline(report: Report, host: Host): Timeline {
  const firsts = new Map<string, number>();
  return {
    report: {
      ...report,
      event: (event) => {
        if (!firsts.has(event.name)) firsts.set(event.name, host.monotonic());
        report.event(event);
      },
    },
    has: (event) => firsts.has(event),
    render: (wanted) => {
      const rows = wanted
        .map(([event, label]) => ({ label, at: firsts.get(event) }))
        .toSorted((a, b) => (a.at ?? Infinity) - (b.at ?? Infinity))
        .map(({ label, at }) => [label, at === undefined ? "-" : renderSeconds(at).padStart(8)]);
      return renderTable(["", ""], rows).trimStart();
    },
  };
}
