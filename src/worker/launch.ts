// Starts the worker in the way its mode asks for.
import { BugError } from "../core/errors.ts";
import { cookieFor } from "../platform/cookie.ts";
import type { WorkerSpec } from "./command.ts";
import { launchLogged } from "./launch-logged.ts";
import { launchShared } from "./launch-shared.ts";
import type { LaunchDeps, Worker } from "./worker.ts";

/** Throws UserError: notFound (127), cannotRun (126), usage (too long an environment), machine. */
export async function launchWorker(spec: WorkerSpec, deps: LaunchDeps): Promise<Worker> {
  // Its own cookie, so that its descendants can be swept while the proxy lives on.
  const cookie = cookieFor(deps.cookie, "worker");
  if (spec.mode === "shared") return launchShared(spec, cookie, deps.signals);
  if (deps.output === null) throw new BugError("a logged worker needs a log");
  return launchLogged(spec, cookie, { reaper: deps.reaper, output: deps.output });
}
