// Starts the process that LiteLLM's generations come from, with the limits of this instance.
import type { Config } from "../config/config.ts";
import type { Environment } from "../core/host.ts";
import { classifyExit } from "../litellm/causes.ts";
import type { Proxy } from "../proxy/start.ts";
import { startProxy } from "../proxy/start.ts";
import type { HeldRuntime } from "../runtime/runtime.ts";
import type { Prepared } from "./configuration.ts";
import { createNoProxy } from "./no-litellm.ts";
import type { Session } from "./session.ts";

/** Seconds that open streams may go on at a stop. */
export const GRACE_SECONDS = 10;

/** `runtime` null: no model needs LiteLLM, so nothing is started. */
export async function hostLitellm(
  session: Session,
  plan: {
    readonly config: Config;
    readonly prepared: Prepared;
    readonly runtime: HeldRuntime | null;
  },
  deps: Pick<Parameters<typeof startProxy>[1], "upstream" | "report" | "log" | "redactor">,
  env: Environment,
): Promise<Proxy> {
  const { runtime, prepared } = plan;
  if (runtime === null) return createNoProxy();
  const { readinessSeconds, maxRestarts } = plan.config.proxy;
  const { name, value } = session.cookie;
  const { SIDELITE_FORK = "" } = env;
  return startProxy(
    {
      keeper: {
        python: runtime.python,
        importEnvironment: { ...prepared.importEnvironment, SIDELITE_FORK, [name]: value },
        socketDir: session.socketDir,
        cwd: session.paths.cwd,
        tag: "litellm",
      },
      limits: { readinessSeconds, maxRestarts, graceSeconds: GRACE_SECONDS },
    },
    { ...deps, reaper: session.reaper, classify: classifyExit },
  );
}
