// Lives through an instance: ready, its worker, its end; a daemon's failed instance waits for `restart`.
import { abortAfter } from "../core/abort-after.ts";
import type { Context } from "../core/context.ts";
import type { Problem } from "../core/errors.ts";
import { problem, UserError } from "../core/errors.ts";
import { EXIT_CODES } from "../core/exit-codes.ts";
import type { Scope } from "../core/scope.ts";
import { toExitCode } from "../platform/exit-status.ts";
import type { ProxyFailure } from "../proxy/start.ts";
import { openPreferences } from "../state/preferences.ts";
import type { ForegroundPlan } from "./foreground.ts";
import type { Journal } from "./journal.ts";
import type { Life } from "./life.ts";
import { untilFailed, untilReady } from "./proxy-watch.ts";
import { describeFailure } from "./serving-reports.ts";
import type { Session } from "./session.ts";
import type { WorkerEnd } from "./worker-loop.ts";

export interface Supervised {
  readonly plan: ForegroundPlan;
  readonly session: Session;
  readonly life: Life;
  readonly journal: Journal;
  /** Of LiteLLM; null without a proxy. */
  readonly runtimeId: string | null;
}

type End =
  | ({ readonly by: "worker" } & WorkerEnd)
  | { readonly by: "failure"; readonly failure: ProxyFailure }
  /** It cannot be started again. */
  | { readonly by: "refusal"; readonly error: UserError }
  | { readonly by: "user" };

/** Causes that lie in this machine's Python environment, not in LiteLLM or its configuration. */
const MACHINE_CAUSES: ReadonlySet<string> = new Set(["broken-runtime", "spawn"]);
/** Seconds a worker may drain when its LiteLLM has failed for good (design 4.1). */
const FAILED_DRAIN_SECONDS = 10;

/** Returns the exit code of the whole. */
export async function supervise(
  scope: Scope,
  parts: Supervised,
  context: Context,
): Promise<number> {
  const { plan, session, life, journal } = parts;
  const stopped = untilAborted(scope.abort);
  let wasUp = false;
  for (;;) {
    const up = (): void => {
      wasUp = true;
      life.phase = "running";
      journal.report.event({ name: "instance.ready" });
      plan.daemon?.ready(life);
    };
    const end = await liveOnce(parts, stopped, up).catch((error: unknown): End => {
      if (wasUp && error instanceof UserError) return { by: "refusal", error };
      throw error;
    });
    await noteWorkerExit(session, life);
    const fault = describeEnd(end, session);
    if (fault.length === 0)
      return end.by === "worker" ? toExitCode(end.status) : EXIT_CODES.ok.code;
    const code = await fail(parts, end, fault, context);
    // A start that never came up leaves nothing behind to be stopped first.
    if (plan.daemon === undefined || !wasUp) return code;
    await Promise.race([life.untilResumed(), stopped]);
    if (scope.abort.aborted) return EXIT_CODES.ok.code;
    life.failure = null;
    life.phase = "starting";
    await session.update({ state: "running", failure: null });
    if (end.by === "failure" && hasFailed(life)) life.serving?.restart();
  }
}

async function liveOnce(
  { plan, life, journal, runtimeId }: Supervised,
  stopped: Promise<End>,
  up: () => void,
): Promise<End> {
  const { serving, worker } = life;
  const ends = [stopped];
  let ready: Promise<unknown> = Promise.resolve();
  if (serving && plan.prepared && runtimeId !== null) {
    ends.push(untilFailed(serving.proxy, journal).then((failure) => ({ by: "failure", failure })));
    const { digest } = plan.prepared;
    const preferences = await openPreferences(plan.config.home.dir);
    const mustWait =
      worker === null || (plan.worker?.wait ?? !preferences.isProven(runtimeId, digest));
    const prove = async (): Promise<void> => {
      await untilReady(serving.proxy, journal);
      await serving.keep();
      preferences.addProven(runtimeId, digest);
      plan.onReady?.(serving);
    };
    ready = prove();
    if (mustWait) {
      const early = await Promise.race([ready, ...ends]);
      if (isEnd(early)) return early;
    }
  }
  if (worker) {
    await worker.start();
    ends.push(worker.ended().then((end) => ({ by: "worker", ...end })));
  }
  const end = Promise.race(ends);
  const early = await Promise.race([ready, end]);
  if (!isEnd(early)) up();
  return end;
}

/** A reload may have brought it back. */
function hasFailed({ serving }: Life): boolean {
  return serving !== null && serving.proxy.state().failure !== null;
}

function isEnd(value: unknown): value is End {
  return typeof value === "object" && value !== null && "by" in value;
}

/** Empty: it ended as it should. */
function describeEnd(end: End, { paths }: Session): readonly Problem[] {
  if (end.by === "failure") return [describeFailure(end.failure, paths.proxyLog)];
  if (end.by === "refusal") return end.error.problems;
  if (end.by === "user" || !end.givenUp) return [];
  const last = end.status.signal ?? `exit status ${end.status.code}`;
  const remedy = `see ${paths.workerLog}; \`sidelite worker restart\` starts it again`;
  return [problem(`the worker failed again and again, the last time with ${last}`, { remedy })];
}

async function fail(
  { session, life, journal }: Supervised,
  end: End,
  faults: readonly Problem[],
  { report, signals }: Context,
): Promise<number> {
  session.keep();
  for (const fault of faults) report.problem(fault);
  const cause = faults.map(({ message }) => message).join("; ");
  life.phase = "failed";
  life.failure = cause;
  await session.update({ state: "failed", failure: cause });
  await life.worker?.pause(abortAfter(FAILED_DRAIN_SECONDS * 1000, signals.force));
  journal.report.event({ name: "instance.failed", fields: { cause } });
  if (end.by === "worker") return toExitCode(end.status);
  if (end.by === "refusal") return end.error.exitCode;
  const isMachine = end.by === "failure" && MACHINE_CAUSES.has(end.failure.cause.kind);
  return isMachine ? EXIT_CODES.machine.code : EXIT_CODES.proxy.code;
}

async function noteWorkerExit(session: Session, life: Life): Promise<void> {
  const exit = life.worker?.status().lastExit;
  if (exit) await session.update({ workerExit: exit });
}

function untilAborted(signal: AbortSignal): Promise<End> {
  return new Promise((resolve) => {
    const end = (): void => resolve({ by: "user" });
    if (signal.aborted) end();
    else signal.addEventListener("abort", end, { once: true });
  });
}
