// While an instance runs: asks for the queue's settings again, and puts a change in force where that can be done.
import type { Config } from "../config/config.ts";
import { startPoller } from "../control-plane/poller.ts";
import type { QueueSettingsSource } from "../control-plane/queue-settings.ts";
import { UserError } from "../core/errors.ts";
import type { Report } from "../core/report.ts";
import type { Scope } from "../core/scope.ts";

export interface WatchedQueue {
  readonly source: QueueSettingsSource;
  /** All settings as they are now. */
  readonly readConfig: () => Promise<Config>;
  /** null: there is no LiteLLM that could be given another configuration. */
  readonly reload: (() => Promise<string>) | null;
  readonly report: Report;
  /** Between two questions on average, milliseconds; default: a minute. */
  readonly everyMs?: number;
}

/** Nothing to do where the queue was not asked. */
export function watchQueue(scope: Scope, watched: WatchedQueue): void {
  const { source, report, everyMs } = watched;
  if (!source.isAsked()) return;
  const onChange = (): Promise<void> => apply(watched);
  const poller = startPoller({
    source,
    report,
    onChange,
    ...(everyMs === undefined ? {} : { everyMs }),
  });
  scope.defer("queue settings", () => poller.stop());
}

async function apply({ readConfig, reload, report }: WatchedQueue): Promise<void> {
  try {
    const { proxy } = await readConfig();
    if (reload === null) {
      if (proxy.enabled) report.info(`the queue's settings changed: ${NEXT_START}`);
    } else if (proxy.enabled) {
      report.info(`the queue's settings changed: ${await reload()}`);
    } else {
      report.info(`the queue's settings switch the local proxy off: it goes on, ${NEXT_START}`);
    }
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    for (const found of error.problems) report.problem({ ...found, severity: "warning" });
    report.info("the queue's settings changed and cannot be used: what is in force stays");
  }
}

const NEXT_START = "this takes effect at the next start";
