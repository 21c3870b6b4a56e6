// Hears every event of an instance: keeps the unasked ends for `status`, and lets others wait for the next one.
import type { Host } from "../core/host.ts";
import type { Event, Report } from "../core/report.ts";

export interface Journal {
  /** The same voice, heard. */
  readonly report: Report;
  /** Unasked ends of LiteLLM, the latest last. */
  readonly restarts: readonly { readonly at: string; readonly cause: string }[];
  /** The next event of one of these names. */
  next(...names: readonly string[]): Promise<Event>;
}

/** More than the restart limit of an hour. */
const MOST_RESTARTS = 50;
const ENDS = new Set(["proxy.ended", "proxy.keeper-ended", "proxy.hung"]);

export function keepJournal(report: Report, host: Pick<Host, "now">): Journal {
  const restarts: { at: string; cause: string }[] = [];
  let waiting: { readonly names: readonly string[]; readonly tell: (event: Event) => void }[] = [];
  return {
    restarts,
    report: {
      ...report,
      event: (event) => {
        report.event(event);
        const { asked, cause } = event.fields ?? {};
        if (ENDS.has(event.name) && asked === false) {
          restarts.push({ at: host.now().toISOString(), cause: String(cause) });
          if (restarts.length > MOST_RESTARTS) restarts.shift();
        }
        const told = waiting.filter(({ names }) => names.includes(event.name));
        waiting = waiting.filter((entry) => !told.includes(entry));
        for (const { tell } of told) tell(event);
      },
    },
    next: (...names) => new Promise((tell) => waiting.push({ names, tell })),
  };
}
