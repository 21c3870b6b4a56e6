// What the worker of an instance is: its clients, environment, program and log.
import type { Config } from "../config/config.ts";
import type { Context } from "../core/context.ts";
import type { Environment } from "../core/host.ts";
import type { Redactor } from "../core/redact.ts";
import { createRedactor } from "../core/redact.ts";
import type { Scope } from "../core/scope.ts";
import type { ClientName } from "../litellm/clients.ts";
import { clientVariables } from "../litellm/clients.ts";
import type { PreparedLitellm } from "../litellm/prepare.ts";
import { openLogFile } from "../platform/log-file.ts";
import type { HeldRuntime } from "../runtime/runtime.ts";
import { adapterFor, KUBIYA_PROGRAM } from "../worker/adapters.ts";
import { buildWorkerSpec } from "../worker/command.ts";
import { buildWorkerEnvironment } from "../worker/environment.ts";
import type { ProxyAccess } from "../worker/environment.ts";
import { launchWorker } from "../worker/launch.ts";
import type { Worker, WorkerOutput } from "../worker/worker.ts";
import { LOG_LIMITS } from "./instance-log.ts";
import { linkPrograms } from "./links.ts";
import type { Serving } from "./serve.ts";
import type { Session } from "./session.ts";

export interface WorkerPlan {
  readonly config: Config;
  /** null: the Kubiya worker. */
  readonly command: readonly string[] | null;
  /** The Kubiya worker's own; null with a command. */
  readonly runtime: HeldRuntime | null;
  /** null: `run`, a command without a queue. */
  readonly queueId: string | null;
  readonly clients: readonly ClientName[];
  /** Nobody watches its output. */
  readonly daemon: boolean;
  /** null without a proxy. */
  readonly proxied: {
    readonly serving: Pick<Serving, "url" | "key" | "redactor">;
    readonly prepared: PreparedLitellm;
  } | null;
}

/** Whose worker it is. */
export type WorkerHome = Pick<Session, "paths" | "cookie" | "reaper">;

export interface PreparedWorker {
  /** Starts it, also once more; throws UserError when it cannot be run. */
  readonly start: () => Promise<Worker>;
  /** What sidelite set in its environment; keys masked. */
  readonly environment: Readonly<Record<string, string>>;
}

export async function prepareWorker(
  scope: Scope,
  session: WorkerHome,
  plan: WorkerPlan,
  context: Context,
): Promise<PreparedWorker> {
  const { config, command, runtime, queueId, proxied } = plan;
  const { host, report, signals } = context;
  const { env, removed } = buildWorkerEnvironment({
    inherited: host.env,
    adapter: adapterFor(command),
    queueId,
    apiKey: config.controlPlane.apiKey,
    controlPlaneUrl:
      queueId === null && config.origins.controlPlaneUrl.layer === "default"
        ? null
        : config.controlPlane.url,
    access: proxied && buildAccess(plan, proxied),
  });
  if (removed.length > 0) {
    report.info(`the worker does not get ${removed.join(", ")}: the gateway answers for them`);
  }
  if (runtime) await linkPrograms(session.paths, runtime, [KUBIYA_PROGRAM]);
  const spec = buildWorkerSpec({
    mode: queueId === null ? "shared" : "logged",
    command,
    kubiyaProgram: runtime?.bin(KUBIYA_PROGRAM) ?? null,
    queueId,
    env,
    cwd: host.cwd,
    stopSignal: proxied?.prepared.sidelite.worker.stopSignal ?? null,
  });
  const redactor = proxied?.serving.redactor ?? createRedactor();
  if (config.controlPlane.apiKey) redactor.add(config.controlPlane.apiKey);
  const output =
    queueId === null ? null : openOutput(scope, session, { ...plan, redactor }, context);
  const base = proxied ? `LITELLM_API_BASE=${proxied.serving.url}` : "no local LiteLLM";
  const { cookie, reaper } = session;
  return {
    environment: maskAdded(env, host.env, redactor),
    start: async () => {
      output?.log.write(`${host.now().toISOString()} sidelite starts the worker: ${base}\n`);
      const worker = await launchWorker(spec, { cookie, reaper, signals, output });
      report.event({ name: "worker.started", fields: { pid: worker.pid } });
      return worker;
    },
  };
}

function maskAdded(
  env: Readonly<Record<string, string>>,
  inherited: Environment,
  redactor: Redactor,
): Record<string, string> {
  const added = Object.entries(env).filter(([name, value]) => inherited[name] !== value);
  return Object.fromEntries(added.map(([name, value]) => [name, redactor.text(value)]));
}

function buildAccess(plan: WorkerPlan, proxied: NonNullable<WorkerPlan["proxied"]>): ProxyAccess {
  const { serving, prepared } = proxied;
  const { model } = plan.config.proxy;
  const variables = plan.clients.map((client) =>
    clientVariables(client, serving.url, serving.key.reveal(), model),
  );
  return {
    url: serving.url,
    key: serving.key,
    model,
    clientSet: Object.fromEntries(variables.flatMap(({ set }) => Object.entries(set))),
    clientUnset: variables.flatMap(({ unset }) => unset),
    hidden: prepared.hiddenFromWorker,
    hideEnv: prepared.sidelite.worker.hideEnv,
    keepEnv: prepared.sidelite.worker.keepEnv,
  };
}

function openOutput(
  scope: Scope,
  session: WorkerHome,
  { redactor, daemon }: WorkerPlan & { readonly redactor: Redactor },
  { host }: Context,
): WorkerOutput {
  const log = openLogFile(session.paths.workerLog, LOG_LIMITS);
  scope.defer("worker log", () => log.close());
  const { stdout, stderr } = host;
  return { log, redactor, terminal: daemon ? null : { stdout, stderr } };
}
