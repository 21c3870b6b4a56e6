// Starts the process that LiteLLM's generations come from, with the limits of this instance.
import type { Config } from "../config/config.ts";
import type { Environment } from "../core/host.ts";
import { classifyExit } from "../litellm/causes.ts";
import type { Proxy } from "../proxy/start.ts";
import { startProxy } from "../proxy/start.ts";
import type { HeldRuntime } from "../runtime/runtime.ts";
import type { Prepared } from "./configuration.ts";
import type { HeadStart } from "./head-start.ts";
import { keeperLaunch } from "./head-start.ts";
import type { Session } from "./session.ts";

/** Seconds that open streams may go on at a stop. */
export const GRACE_SECONDS = 10;
/** Seconds that they may go on in a LiteLLM that another one has taken the place of: long answers take minutes. */
export const DRAIN_SECONDS = 600;

export async function hostLitellm(
  session: Session,
  plan: {
    readonly config: Config;
    readonly prepared: Prepared;
    readonly runtime: HeldRuntime;
    readonly headStart: HeadStart | null;
  },
  deps: Pick<Parameters<typeof startProxy>[1], "upstream" | "report" | "log" | "redactor">,
  env: Environment,
): Promise<Proxy> {
  const { runtime, prepared } = plan;
  const { readinessSeconds, maxRestarts } = plan.config.proxy;
  const launch = keeperLaunch(runtime, prepared.importEnvironment, session.cookie, env);
  const keeper = { ...launch, socketDir: session.socketDir };
  const early = plan.headStart?.take(keeper) ?? null;
  if (early === null) await plan.headStart?.end();
  return startProxy(
    {
      keeper,
      early,
      limits: {
        readinessSeconds,
        maxRestarts,
        drainSeconds: DRAIN_SECONDS,
        graceSeconds: GRACE_SECONDS,
      },
    },
    { ...deps, reaper: session.reaper, classify: classifyExit },
  );
}
