// What sidelite asks of an operating system beyond Node's own API.

/** One process for its whole life: a pid alone is reused, also across reboots. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Opaque; differs for two processes that had the same pid in one boot. */
  readonly startTime: string;
  readonly bootId: string;
}

/** Tries to lock the open file it inherits as fd 3: exit 0 when it did, 1 when it is held, else something is wrong. */
export interface LockHelper {
  readonly file: string;
  readonly args: readonly string[];
}

export interface ProcessUsage {
  /** User and system time since its start. */
  readonly cpuSeconds: number;
  /** Its first thread was ready to run and had no core; 0 where the system does not tell. */
  readonly waitedSeconds: number;
  /** Memory shared with other processes included, as top(1) shows it. */
  readonly residentMb: number;
}

export interface OperatingSystem {
  /** null: no such process, or a zombie. */
  identify(pid: number): Promise<ProcessIdentity | null>;
  /** Pids of our own user whose environment has an entry that starts with `entry`. */
  findByEnvironment(entry: string): Promise<readonly number[]>;
  /** Stopped by a signal (TSTP, STOP, TTIN, TTOU), not by a debugger. */
  isStopped(pid: number): Promise<boolean>;
  /** null: no such process. */
  measure(pid: number): Promise<ProcessUsage | null>;
  /** In the order to try them. */
  readonly lockHelpers: readonly LockHelper[];
  /** Command that lists "pid command-line environment" lines for the reaper; empty: it reads /proc. */
  readonly listing: readonly string[];
}
