// An append-only log of bounded size that never blocks its writer and never fails: what cannot be written is counted.
import { LogStorage } from "./log-storage.ts";
import { settledWithin } from "./settled-within.ts";

export interface LogLimits {
  /** A file that would grow over this is renamed to `.1`, at the end of a line. */
  readonly maxBytes: number;
  /** How many renamed files stay: `.1` is the youngest. */
  readonly keep: number;
}

export interface LogFile {
  /** Takes the data at once; false asks the caller to wait for `room` or `drained` before it reads more. */
  write(data: Buffer | string): boolean;
  /** May be read on: the disk has caught up, or stands still and is given a little at a time to keep. */
  room(): Promise<void>;
  /** Everything so far is written, or dropped and counted. */
  drained(): Promise<void>;
  close(): Promise<void>;
  /** Lines lost because the disk took no more. */
  readonly dropped: number;
}

/** As much as a busy disk may be behind before the writer should pause. */
const HIGH_WATER_BYTES = 1 << 20;
/** At a time to the disk: enough for its full speed, and those who wait are told in between. */
const BATCH_BYTES = 1 << 18;
/**
 * A disk that others keep busy stands still for half a second, which who writes into a pipe is not to notice: one read
 * (64 KB) is taken in each such step all the same, until this much waits, about two seconds later. Three steps may pass
 * before one write of the other end is taken: a Unix socket holds more than a read gives.
 */
const PACE_MS = 15;
const MOST_BYTES = 8 << 20;

interface Waiter {
  /** Of all bytes that ever came. */
  readonly from: number;
  readonly wake: () => void;
}

/** Throws UserError (machine, security) when the file cannot be opened; later faults only count. */
export function openLogFile(path: string, limits: LogLimits): LogFile {
  const storage = new LogStorage(path, limits);
  const queue: Buffer[] = [];
  let [taken, done] = [0, 0];
  let waiters: Waiter[] = [];
  let pump: Promise<void> | null = null;

  const run = async (): Promise<void> => {
    while (queue.length > 0) {
      const batch = takeBatch(queue);
      await storage.append(batch);
      done += batch.length;
      for (const { from, wake } of waiters) if (from <= done) wake();
      waiters = waiters.filter(({ from }) => from > done);
    }
    pump = null;
  };
  /** Until the first `bytes` of all are gone, whatever comes behind them meanwhile. */
  const gone = async (bytes: number): Promise<void> => {
    if (bytes > done) await new Promise<void>((wake) => waiters.push({ from: bytes, wake }));
  };
  return {
    write: (data) => {
      const bytes = typeof data === "string" ? Buffer.from(data) : data;
      queue.push(bytes);
      taken += bytes.length;
      pump ??= run();
      return taken - done < HIGH_WATER_BYTES;
    },
    room: async () => {
      await settledWithin(gone(taken), PACE_MS);
      await gone(taken - MOST_BYTES);
    },
    drained: () => gone(taken),
    close: async () => {
      await pump;
      storage.close();
    },
    get dropped() {
      return storage.dropped;
    },
  };
}

function takeBatch(queue: Buffer[]): Buffer {
  const [only] = queue.length === 1 ? queue.splice(0) : [];
  if (only !== undefined) return only;
  let [count, bytes] = [0, 0];
  for (const { length } of queue) {
    if (bytes >= BATCH_BYTES) break;
    bytes += length;
    count += 1;
  }
  return Buffer.concat(queue.splice(0, count));
}
