// While an instance runs: asks for the queue's settings again, and puts a change in force where that can be done.
import type { Config } from "../config/config.ts";
import { startPoller } from "../control-plane/poller.ts";
import type { QueueSettingsSource } from "../control-plane/queue-settings.ts";
import type { Report } from "../core/report.ts";
import type { Scope } from "../core/scope.ts";
import { ChangeTeller } from "./tell-change.ts";

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
  const { source, report, readConfig, reload, everyMs } = watched;
  if (!source.isAsked()) return;
  const teller = new ChangeTeller(report);
  const wait = async (): Promise<string> => {
    await readConfig();
    return "this takes effect at the next start";
  };
  const poller = startPoller({
    source,
    report,
    onChange: () => teller.apply("the queue's settings", reload ?? wait),
    ...(everyMs === undefined ? {} : { everyMs }),
  });
  scope.defer("queue settings", () => poller.stop());
}
