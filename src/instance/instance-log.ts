// litellm_proxy.log as the instance writes it: time, then an event or access line, redacted.
import type { Context } from "../core/context.ts";
import type { Redactor } from "../core/redact.ts";
import type { Report } from "../core/report.ts";
import type { LogFile } from "../platform/log-file.ts";
import { renderEvent } from "../core/report.ts";

/** Sizes of a rotated log, and how many old ones are kept. */
export const LOG_LIMITS = { maxBytes: 20 * 1024 * 1024, keep: 5 } as const;

export function writeLine(
  log: LogFile,
  redactor: Redactor,
  { host }: Context,
): (line: string) => void {
  return (line) => void log.write(`${host.now().toISOString()} ${redactor.text(line)}\n`);
}

/** The same voice, its events in the log as well. */
export function withEventLog(report: Report, write: (line: string) => void): Report {
  return {
    ...report,
    event: (event) => {
      write(`event ${renderEvent(event)}`);
      report.event(event);
    },
  };
}
