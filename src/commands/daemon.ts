// The detached process itself (`__daemon`): what to do comes from the command that started it.
import { resolveHome } from "../config/home.ts";
import type { Context, Input } from "../core/context.ts";
import { UserError } from "../core/errors.ts";
import { openDaemonLink, reportTo } from "../instance/daemon-link.ts";
import type { DaemonHooks } from "../instance/foreground.ts";
import type { Life } from "../instance/life.ts";
import { keepOwnLogSmall } from "../instance/own-log.ts";
import { instancePaths } from "../state/paths.ts";
import { proxyStart } from "./proxy-start.ts";
import { workerStart } from "./worker-start.ts";

const STDERR = 2;
const STARTERS = { worker: workerStart, proxy: proxyStart } as const;

export async function daemon({ args }: Input, context: Context): Promise<number> {
  const link = await openDaemonLink();
  const { dir } = resolveHome(context.host);
  const { ownLog } = instancePaths(dir, args[0] ?? "", context.host.env);
  keepOwnLogSmall(ownLog, STDERR);
  const report = reportTo(link, context.report);
  let live: Life | null = null;
  const hooks: DaemonHooks = {
    ready: (life) => {
      if (live === null) {
        link.send({ type: "ready", url: life.serving?.url ?? null, files: life.files });
        void link.close();
      }
      live = life;
    },
  };
  // There is no terminal to hang up: as for other daemons it means "read your configuration again".
  context.signals.divert("SIGHUP", () => void reload(live, context));
  const { task } = link;
  let code: number;
  try {
    code = await STARTERS[task.verb](task, { ...context, report }, hooks);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    for (const problem of error.problems) report.problem(problem);
    code = error.exitCode;
  }
  link.send({ type: "failed", code });
  await link.close();
  return code;
}

async function reload(life: Life | null, { report }: Context): Promise<void> {
  try {
    const { done } = (await life?.handlers.reload({ order: "reload" })) ?? {
      done: "not ready yet",
    };
    report.info(`SIGHUP: ${done}`);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    for (const problem of error.problems) report.problem(problem);
  }
}
