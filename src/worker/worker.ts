// What the rest of sidelite sees of a running worker, and what starting one needs.
import type { Writable } from "node:stream";
import type { Signals } from "../core/context.ts";
import type { Redactor } from "../core/redact.ts";
import type { Cookie } from "../platform/cookie.ts";
import type { ExitStatus } from "../platform/exit-status.ts";
import type { LogFile } from "../platform/log-file.ts";
import type { Reaper } from "../platform/reaper.ts";

export interface Worker {
  readonly pid: number;
  /** At its end, at once, whatever its descendants still do. Never rejects. */
  readonly exited: Promise<ExitStatus>;
  /**
   * Asks it to end, lets it drain, then kills it and all it left behind; `deadline` means now. After its own end it
   * tidies up. Resolves when nothing of it is left and its output is written.
   */
  stop(deadline: AbortSignal): Promise<void>;
}

export interface LaunchDeps {
  /** The instance's. */
  readonly cookie: Cookie;
  readonly reaper: Pick<Reaper, "addGroup" | "removeGroup">;
  readonly signals: Signals;
  /** Needed by a logged worker only. */
  readonly output: WorkerOutput | null;
}

export interface WorkerOutput {
  /** worker.log; whoever opened it closes it after `stop`. */
  readonly log: LogFile;
  readonly redactor: Redactor;
  /** Where the worker's own bytes go in the foreground, unchanged; null: a daemon's. */
  readonly terminal: { readonly stdout: Writable; readonly stderr: Writable } | null;
}

/** How long a worker may finish its tasks after its stop signal. */
export const DRAIN_MS = 30_000;
