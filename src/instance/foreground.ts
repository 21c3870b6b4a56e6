// One instance from claim to release, in the foreground or as a daemon; returns the exit code of the whole.
import type { Config } from "../config/config.ts";
import type { Context } from "../core/context.ts";
import type { Scope } from "../core/scope.ts";
import { withScope } from "../core/scope.ts";
import type { ClientName } from "../litellm/clients.ts";
import { checkCommand } from "../platform/spawn-problem.ts";
import { ensureRuntime } from "../runtime/ensure.ts";
import type { HeldRuntime, RuntimeKind } from "../runtime/runtime.ts";
import type { Prepared } from "./configuration.ts";
import { followChanges } from "./follow-changes.ts";
import { kindOf } from "./instance-kind.ts";
import type { Door } from "./door.ts";
import type { HeadStart } from "./head-start.ts";
import { keepJournal } from "./journal.ts";
import { Life } from "./life.ts";
import type { LiveSettings } from "./plan.ts";
import type { Serving } from "./serve.ts";
import { startServing } from "./serve.ts";
import type { Session } from "./session.ts";
import { openSession } from "./session.ts";
import { stayFindable } from "./stay-findable.ts";
import type { StopRequests } from "./stop-requests.ts";
import { joinStopRequests } from "./stop-requests.ts";
import { supervise } from "./supervise.ts";
import { prepareWorker } from "./worker.ts";
import { WorkerLoop } from "./worker-loop.ts";

export interface ForegroundPlan {
  readonly name: string;
  /** The name was made up for this run. */
  readonly temporary: boolean;
  readonly config: Config;
  /** null: no proxy is enabled. */
  readonly prepared: Prepared | null;
  /** null: no worker at all (`proxy start`). */
  readonly worker: {
    /** null: the Kubiya worker. */
    readonly command: readonly string[] | null;
    readonly queueId: string | null;
    readonly clients: readonly ClientName[];
    /** `--wait`, `--no-wait`; null: wait unless this config has been served before. */
    readonly wait: boolean | null;
  } | null;
  /** Absent: those of the start are all there are. */
  readonly settings?: LiveSettings;
  /** A listener that is open already. */
  readonly door?: Door | null;
  /** LiteLLM's import is under way. */
  readonly headStart?: HeadStart | null;
  /** Told once LiteLLM is ready. */
  readonly onReady?: (serving: Serving) => void;
  /** Without a terminal: a worker that fails is started again, and a failed instance stays to be restarted. */
  readonly daemon?: DaemonHooks;
}

export interface DaemonHooks {
  /** Told whenever LiteLLM is ready and the worker runs. */
  ready(life: Life): void;
}

/** Seconds for the whole stop: the worker's drain, then the proxy's grace, and some for each end. */
export const STOP_BUDGET_SECONDS = 45;
/** Stands for LiteLLM's runtime where all models are providers'. */
const NO_RUNTIME = "none";

export async function runForeground(plan: ForegroundPlan, context: Context): Promise<number> {
  const stop = joinStopRequests(context.signals);
  const { report } = context;
  const joined = { ...context, signals: stop.signals };
  return withScope(
    {
      abort: stop.signals.abort,
      force: stop.signals.force,
      budgetSeconds: STOP_BUDGET_SECONDS,
      onReleaseError: (name, error) =>
        report.problem({
          severity: "warning",
          message: `could not end the ${name}: ${String(error)}`,
        }),
    },
    (scope) => runInScope(scope, plan, stop, joined),
  );
}

async function runInScope(
  scope: Scope,
  plan: ForegroundPlan,
  stop: StopRequests,
  outer: Context,
): Promise<number> {
  const { name, temporary, config, prepared, worker, headStart = null } = plan;
  const { host } = outer;
  scope.defer("head start", async () => headStart?.end());
  // Known before anything is installed or booted.
  const [file] = worker?.command ?? [];
  if (file !== undefined)
    await checkCommand({ file, env: { PATH: host.env["PATH"] ?? "" }, cwd: host.cwd });
  let { door = null } = plan;
  const claim = {
    home: config.home.dir,
    name,
    temporary,
    kind: kindOf(plan),
    daemon: plan.daemon !== undefined,
    cookie: headStart?.cookie ?? null,
    onHeld: async () => {
      await Promise.all([door?.close(), headStart?.end()]);
      door = null;
    },
  };
  const session = await openSession(scope, claim, outer);
  const journal = keepJournal(outer.report, host);
  const context = { ...outer, report: journal.report };
  const life = new Life({ plan, session, journal, stop, host });
  const { handlers } = life;
  await stayFindable(scope, {
    session,
    handlers,
    serving: () => life.serving,
    report: context.report,
  });

  const litellm = lazyRuntime(scope, "litellm", plan, context);
  const first = prepared?.needsLitellm ? await litellm() : null;
  const kubiya =
    worker?.command === null ? await lazyRuntime(scope, "kubiya-worker", plan, context)() : null;
  if (prepared) {
    const serves = { config, prepared, runtime: litellm, door, headStart };
    life.serving = await startServing(scope, session, serves, context);
    scope.defer("joined runs", () => life.joined.dismiss());
  }
  await followChanges(scope, life, plan, journal, context);
  if (worker) await addWorker(scope, { plan, worker, session, life, kubiya }, context);
  const parts = {
    plan,
    session,
    life,
    journal,
    runtimeId: first?.id ?? (prepared && NO_RUNTIME),
  };
  return supervise(scope, parts, context);
}

async function addWorker(
  scope: Scope,
  parts: {
    readonly plan: ForegroundPlan;
    readonly worker: NonNullable<ForegroundPlan["worker"]>;
    readonly session: Session;
    readonly life: Life;
    readonly kubiya: HeldRuntime | null;
  },
  context: Context,
): Promise<void> {
  const { plan, worker, session, life, kubiya } = parts;
  const { config, prepared } = plan;
  const { command, queueId, clients } = worker;
  const daemon = plan.daemon !== undefined;
  const proxied = life.serving && prepared && { serving: life.serving, prepared };
  const workerPlan = { config, command, queueId, clients, runtime: kubiya, proxied, daemon };
  const { start, environment } = await prepareWorker(scope, session, workerPlan, context);
  const { host, report } = context;
  const loop = new WorkerLoop({ start, policy: daemon ? "on-failure" : "once", report, host });
  scope.defer("worker", (deadline) => loop.stop(deadline));
  life.worker = loop;
  life.workerEnvironment = environment;
}

/** Installed and held at the first call; let go when all that runs in it has ended. */
function lazyRuntime(
  scope: Scope,
  kind: RuntimeKind,
  { config }: ForegroundPlan,
  { host, report }: Context,
): () => Promise<HeldRuntime> {
  const { runtimesDir } = config.home;
  const { env, home } = host;
  let held: HeldRuntime | null = null;
  scope.defer(`${kind} runtime`, () => held?.release());
  return async () => {
    held ??= await ensureRuntime(kind, { runtimesDir, env, home, report, signal: scope.abort });
    return held;
  };
}
