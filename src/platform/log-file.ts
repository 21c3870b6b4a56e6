// An append-only log of bounded size that never blocks its writer and never fails: what cannot be written is counted.
import { LogStorage } from "./log-storage.ts";

export interface LogLimits {
  /** A file that would grow over this is renamed to `.1`, at the end of a line. */
  readonly maxBytes: number;
  /** How many renamed files stay: `.1` is the youngest. */
  readonly keep: number;
}

export interface LogFile {
  /** Takes the data at once; false asks the caller to wait for `drained` before it reads more. */
  write(data: Buffer | string): boolean;
  /** Everything so far is written, or dropped and counted. */
  drained(): Promise<void>;
  close(): Promise<void>;
  /** Lines lost because the disk took no more. */
  readonly dropped: number;
}

/** As much as a busy disk may be behind before the writer should pause. */
const HIGH_WATER_BYTES = 1 << 20;

/** Throws UserError (machine, security) when the file cannot be opened; later faults only count. */
export function openLogFile(path: string, limits: LogLimits): LogFile {
  const storage = new LogStorage(path, limits);
  let queue: Buffer[] = [];
  let queuedBytes = 0;
  let pump: Promise<void> | null = null;

  const run = async (): Promise<void> => {
    while (queue.length > 0) {
      const batch = Buffer.concat(queue);
      queue = [];
      await storage.append(batch);
      queuedBytes -= batch.length;
    }
    pump = null;
  };
  return {
    write: (data) => {
      const bytes = typeof data === "string" ? Buffer.from(data) : data;
      queue.push(bytes);
      queuedBytes += bytes.length;
      pump ??= run();
      return queuedBytes < HIGH_WATER_BYTES;
    },
    drained: async () => pump ?? undefined,
    close: async () => {
      await pump;
      storage.close();
    },
    get dropped() {
      return storage.dropped;
    },
  };
}
