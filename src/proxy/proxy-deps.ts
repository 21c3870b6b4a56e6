// What the proxy gets from the instance.
import type { Redactor } from "../core/redact.ts";
import type { Report } from "../core/report.ts";
import type { UpstreamControl } from "../core/upstream.ts";
import type { ExitStatus } from "../platform/exit-status.ts";
import type { LogFile } from "../platform/log-file.ts";
import type { ExitCause } from "./state-types.ts";

export interface ProxyDeps {
  readonly upstream: UpstreamControl;
  /** Every change of state is one event of it. */
  readonly report: Report;
  /** Takes the output of the keeper and of the generations. */
  readonly log: LogFile;
  readonly redactor: Redactor;
  readonly reaper: { addGroup(pgid: number): void; removeGroup(pgid: number): void };
  /** `oomKilled`: the kernel killed something in its cgroup for want of memory meanwhile. */
  readonly classify: (
    exit: ExitStatus & { readonly lines: readonly string[]; readonly oomKilled: boolean },
  ) => ExitCause;
}
