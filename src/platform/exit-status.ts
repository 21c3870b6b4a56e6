// How a process ended, and the number a shell would give it.
import { constants } from "node:os";

export interface ExitStatus {
  /** null when a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** The code, else 128 + the signal's number on this machine. */
export function toExitCode(status: ExitStatus): number {
  if (status.signal !== null) return 128 + constants.signals[status.signal];
  return status.code ?? 1;
}
