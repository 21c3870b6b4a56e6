// Runs one worker after another, as the policy and the user's `restart` say.
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../core/errors.ts";
import type { Host } from "../core/host.ts";
import type { Report } from "../core/report.ts";
import type { ExitStatus } from "../platform/exit-status.ts";
import type { Worker } from "../worker/worker.ts";
import type { WorkerExit, WorkerView } from "./instance-status.ts";
import type { Failure, WorkerPolicy } from "./worker-policy.ts";
import { decideRestart } from "./worker-policy.ts";

export interface WorkerEnd {
  readonly status: ExitStatus;
  /** It failed too often to be started again. */
  readonly givenUp: boolean;
}

export interface WorkerLoopSpec {
  /** Starts it once more; throws UserError when it cannot be run. */
  readonly start: () => Promise<Worker>;
  readonly policy: WorkerPolicy;
  readonly report: Report;
  readonly host: Pick<Host, "now" | "monotonic">;
}

export class WorkerLoop {
  readonly #spec: WorkerLoopSpec;
  readonly #stopped = new AbortController();
  #worker: Worker | null = null;
  #replacing: Promise<void> | null = null;
  #startedAt = 0;
  #starts = 0;
  #state: WorkerView["state"] = "waiting";
  #lastExit: WorkerExit | null = null;
  #failures: Failure[] = [];
  #paused = false;

  constructor(spec: WorkerLoopSpec) {
    this.#spec = spec;
  }

  status(): WorkerView {
    return {
      state: this.#state,
      pid: this.#state === "running" ? (this.#worker?.pid ?? null) : null,
      restarts: Math.max(0, this.#starts - 1),
      lastExit: this.#lastExit,
    };
  }

  /** Starts it; throws UserError when it cannot be run. What comes then is `ended`'s matter. */
  async start(): Promise<void> {
    this.#failures = [];
    this.#paused = false;
    await this.#launch();
  }

  /** After `start`: when it has ended and is not started again. */
  async ended(): Promise<WorkerEnd> {
    for (;;) {
      const worker = this.#worker;
      if (worker === null) return { status: { code: 1, signal: null }, givenUp: true };
      const status = await worker.exited;
      if (this.#replacing !== null) await this.#replacing;
      if (this.#worker !== worker) continue;
      const decision = this.#judge(status);
      if (decision.kind !== "restart" || this.#paused || this.#stopped.signal.aborted) {
        this.#state = decision.kind === "give up" ? "given up" : "ended";
        return { status, givenUp: decision.kind === "give up" };
      }
      this.#state = "restarting";
      await worker.stop(AbortSignal.abort());
      await sleep(decision.afterMs, undefined, { signal: this.#stopped.signal }).catch(
        () => undefined,
      );
      // The user's `restart` may have been faster.
      await this.#replacing;
      if (this.#paused || this.#stopped.signal.aborted) return { status, givenUp: false };
      if (this.#worker === worker) await this.#relaunch();
    }
  }

  /** Drains the present process and starts the next one; throws UserError when that cannot be run. */
  async restart(deadline: AbortSignal): Promise<void> {
    const before = this.#replacing;
    const replace = async (): Promise<void> => {
      // Two at once would start two, and one of them would be nobody's.
      await before;
      await this.#worker?.stop(deadline);
      this.#failures = [];
      if (!this.#stopped.signal.aborted) await this.#launch();
    };
    const replacing = replace();
    const settled = replacing.catch(() => undefined);
    this.#replacing = settled;
    await replacing.finally(() => {
      if (this.#replacing === settled) this.#replacing = null;
    });
  }

  /** What is left of the last process is ended; none is started any more. */
  async stop(deadline: AbortSignal): Promise<void> {
    this.#stopped.abort();
    await this.#replacing;
    await this.#worker?.stop(deadline);
  }

  /** For an instance that failed and may be restarted: the process ends, the loop stays. */
  async pause(deadline: AbortSignal): Promise<void> {
    this.#paused = true;
    await this.#worker?.stop(deadline);
    this.#state = "ended";
  }

  async #launch(): Promise<void> {
    const { start, host } = this.#spec;
    const worker = await start();
    this.#worker = worker;
    this.#startedAt = host.monotonic();
    this.#starts += 1;
    this.#state = "running";
    // Nobody asks again whether there is one.
    if (this.#paused || this.#stopped.signal.aborted) await worker.stop(AbortSignal.abort());
  }

  /** A program that is gone counts as one more failure. */
  async #relaunch(): Promise<void> {
    try {
      await this.#launch();
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      for (const problem of error.problems) this.#spec.report.problem(problem);
      const status = { code: error.exitCode, signal: null };
      this.#worker = { pid: 0, exited: Promise.resolve(status), stop: async () => undefined };
      this.#startedAt = this.#spec.host.monotonic();
    }
  }

  #judge(status: ExitStatus): ReturnType<typeof decideRestart> {
    const { host, policy, report } = this.#spec;
    const at = host.monotonic();
    this.#lastExit = { ...status, at: host.now().toISOString() };
    report.event({ name: "worker.ended", fields: { code: status.code, signal: status.signal } });
    if (status.code !== 0) this.#failures.push({ at, ranMs: at - this.#startedAt });
    const decision = decideRestart(policy, status, this.#failures);
    if (decision.kind === "restart") {
      report.event({ name: "worker.restarting", fields: { ms: decision.afterMs } });
    }
    return decision;
  }
}
