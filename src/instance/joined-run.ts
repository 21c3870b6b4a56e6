// `run` on another instance's LiteLLM: the command and its key are all that is started here.
import type { Config } from "../config/config.ts";
import type { Context } from "../core/context.ts";
import { EXIT_CODES } from "../core/exit-codes.ts";
import { createRedactor } from "../core/redact.ts";
import type { Scope } from "../core/scope.ts";
import { withScope } from "../core/scope.ts";
import type { Secret } from "../core/secret.ts";
import type { ClientName } from "../litellm/clients.ts";
import { createCookie, sweepCookie } from "../platform/cookie.ts";
import { toExitCode } from "../platform/exit-status.ts";
import { startReaper } from "../platform/reaper.ts";
import { checkCommand } from "../platform/spawn-problem.ts";
import { instancePaths } from "../state/paths.ts";
import type { Prepared } from "./configuration.ts";
import { STOP_BUDGET_SECONDS } from "./foreground.ts";
import type { Joined } from "./join.ts";
import { staySupplied } from "./stay-supplied.ts";
import type { WorkerHome } from "./worker.ts";
import { prepareWorker } from "./worker.ts";

export interface JoinedPlan {
  readonly config: Config;
  readonly prepared: Prepared;
  readonly key: Secret;
  readonly command: readonly string[];
  readonly clients: readonly ClientName[];
}

/** Returns the command's exit status. */
export async function runJoined(
  plan: JoinedPlan,
  joined: Joined,
  context: Context,
): Promise<number> {
  const { abort, force } = context.signals;
  const { report } = context;
  const onReleaseError = (name: string, error: unknown): void =>
    report.problem({ severity: "warning", message: `could not end the ${name}: ${String(error)}` });
  return withScope({ abort, force, budgetSeconds: STOP_BUDGET_SECONDS, onReleaseError }, (scope) =>
    runInScope(scope, plan, joined, context),
  );
}

async function runInScope(
  scope: Scope,
  plan: JoinedPlan,
  joined: Joined,
  context: Context,
): Promise<number> {
  const { config, prepared, key, command, clients } = plan;
  const { host, report } = context;
  const over = new AbortController();
  const supplied = staySupplied(plan, joined, context, over.signal);
  scope.defer("LiteLLM of this run", async () => {
    over.abort();
    await supplied;
  });
  await checkCommand({
    file: command[0] ?? "",
    env: { PATH: host.env["PATH"] ?? "" },
    cwd: host.cwd,
  });
  const serving = { url: joined.url, key, redactor: createRedactor([key, ...prepared.secrets]) };
  const { start } = await prepareWorker(
    scope,
    await openHome(scope, config, host),
    {
      config,
      command,
      runtime: null,
      queueId: null,
      clients,
      daemon: false,
      proxied: { serving, prepared },
    },
    context,
  );
  report.info(
    `joined ${joined.name} at ${joined.url}; --fresh starts a LiteLLM for this run alone`,
  );
  const worker = await start();
  scope.defer("worker", (deadline) => worker.stop(deadline));
  const stopped = new Promise<null>((resolve) => {
    if (scope.abort.aborted) resolve(null);
    else scope.abort.addEventListener("abort", () => resolve(null), { once: true });
  });
  const status = await Promise.race([worker.exited, stopped]);
  return status === null ? EXIT_CODES.ok.code : toExitCode(status);
}

/** No folder and no lock: only what ends the command's descendants, however this process ends. */
async function openHome(scope: Scope, config: Config, host: Context["host"]): Promise<WorkerHome> {
  const name = `joined-${process.pid}`;
  const cookie = createCookie(name);
  const reaper = await startReaper(cookie);
  scope.defer("reaper", async () => {
    await sweepCookie(cookie, { exceptPids: [reaper.pid] });
    await reaper.stop();
  });
  return { paths: instancePaths(config.home.dir, name, host.env), cookie, reaper };
}
