// What the outside world looks like to pure code: environment, folders, clocks, streams.
import type { Readable, Writable } from "node:stream";

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Host {
  readonly env: Environment;
  readonly cwd: string;
  /** The user's home folder; null when neither HOME nor the user database names one. */
  readonly home: string | null;
  readonly platform: NodeJS.Platform;
  readonly arch: string;
  readonly stdin: Readable & { isTTY?: boolean };
  readonly stdout: Writable & { isTTY?: boolean };
  readonly stderr: Writable & { isTTY?: boolean };
  /** Wall clock, for display and file names only. */
  now(): Date;
  /** Milliseconds on the monotonic clock; every interval and deadline uses it. */
  monotonic(): number;
}
