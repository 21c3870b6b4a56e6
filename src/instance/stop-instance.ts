// Asks an instance to stop and waits until nothing of it is left.
import { abortAfter } from "../core/abort-after.ts";
import { setTimeout as sleep } from "node:timers/promises";
import { problem, UserError } from "../core/errors.ts";
import type { InstanceRecord } from "../state/record.ts";
import { isRunning, readRecord } from "../state/record.ts";
import { askInstance, NoAnswer } from "./control-client.ts";
import { tidyInstance } from "./tidy-instance.ts";
import type { FoundInstance } from "./find-instances.ts";

/** Longer than the instance's own stop budget. */
const LIMIT_MS = 60_000;
const POLL_MS = 10;
/** One that hangs is killed after this when it is to end by force. */
const FORCED_ANSWER_MS = 2_000;

export interface StopOptions {
  readonly force: boolean;
  /** Ends the waiting, not the stop. */
  readonly signal: AbortSignal;
}

/** false: it had ended by itself. Throws UserError when it is still there after its budget. */
export async function stopInstance(
  instance: FoundInstance,
  options: StopOptions,
): Promise<boolean> {
  const { signal } = options;
  const { record, socketDir } = instance;
  if (!instance.runs || socketDir === null) {
    if (record?.state === "running") await tidyInstance(record, instance.recordPath);
    return false;
  }
  const limit = abortAfter(LIMIT_MS, signal);
  const ended = await ask(instance, socketDir, options, limit);
  const stopWaiting = new Promise<void>((resolve) => {
    limit.addEventListener("abort", () => resolve(), { once: true });
  });
  await Promise.race([ended(), stopWaiting]);
  // Its socket is not the last thing that goes.
  if (record !== null) await untilGone(record, limit);
  signal.throwIfAborted();
  if (!limit.aborted) {
    // It was killed if its record still says that it runs.
    const left = await readRecord(instance.recordPath, new Date());
    if (left?.state === "running" && !(await isRunning(left))) {
      await tidyInstance(left, instance.recordPath);
    }
    return true;
  }
  throw new UserError(
    "failed",
    problem(`${instance.name} has not ended in ${LIMIT_MS / 1000} s`, {
      remedy: `add --force${record === null ? "" : `, or kill -9 ${record.pid}: nothing of it survives that`}`,
    }),
  );
}

async function untilGone(record: InstanceRecord, limit: AbortSignal): Promise<void> {
  while (!limit.aborted && (await isRunning(record))) await sleep(POLL_MS);
}

/** Returns what waits for the end of one that took the order. Throws UserError. */
async function ask(
  { name, record }: FoundInstance,
  socketDir: string,
  { force, signal }: StopOptions,
  limit: AbortSignal,
): Promise<() => Promise<void>> {
  const patience = force ? { timeoutMs: FORCED_ANSWER_MS } : {};
  for (;;) {
    try {
      const order = { order: "stop", force } as const;
      const { ended } = await askInstance(socketDir, order, { stay: true, ...patience });
      return () => ended;
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      if (record === null || !(await isRunning(record))) return () => Promise.resolve();
      if (force) {
        // It is the process of the record: pid, start and boot were compared just now. Its reaper ends the rest.
        process.kill(record.pid, "SIGKILL");
        return () => Promise.resolve();
      }
      signal.throwIfAborted();
      if (error.hangs || limit.aborted) {
        const remedy = "wait a moment, or add --force";
        throw new UserError("failed", problem(`${name} does not answer`, { remedy }), {
          cause: error,
        });
      }
    }
    // Another stop has closed its socket already, and it is still there for a moment.
    await sleep(POLL_MS);
  }
}
