// Keeps a joined run's address served: when the instance goes, another one there is joined, or one is started.
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Context } from "../core/context.ts";
import { UserError } from "../core/errors.ts";
import { listInstances } from "./find-instances.ts";
import { runForeground } from "./foreground.ts";
import type { Joined } from "./join.ts";
import { joinRunning } from "./join.ts";
import type { JoinedPlan } from "./joined-run.ts";

/** Several runs lose their instance at once: one of them starts the next, the others find it. */
const MOST_TRIES = 20;
const PAUSE_MS = 100;

/** Settles soon after `over`. */
export async function staySupplied(
  plan: JoinedPlan,
  first: Joined,
  context: Context,
  over: AbortSignal,
): Promise<void> {
  const { report, signals } = context;
  const finished = new Promise<void>((resolve) => {
    over.addEventListener("abort", () => resolve(), { once: true });
  });
  // The command is told of a stop first; then `over` ends this.
  const lasting = { ...context, signals: { ...signals, abort: over } };
  let current = first;
  let failure: UserError | null = null;
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    await Promise.race([current.ended, finished]);
    if (over.aborted) {
      current.leave();
      return;
    }
    if (tries === 0) report.info(`${first.name} has ended; this run looks for another LiteLLM`);
    const next = await rejoin(plan, first.url, lasting);
    if (next === null) {
      failure = await serve(plan, first.url, lasting);
      if (failure === null) break;
      await sleep(PAUSE_MS);
    } else {
      report.info(`joined ${next.name} at ${next.url}`);
      current = next;
      tries = 0;
    }
  }
  if (!over.aborted) {
    for (const each of failure?.problems ?? []) report.problem(each);
    const message = "this run has no LiteLLM any more: its requests fail";
    report.problem({ severity: "warning", message, remedy: "start it again" });
  }
}

/** The same key at the same address: the command notices nothing. */
async function rejoin(
  { config, prepared, key, command }: JoinedPlan,
  url: string,
  context: Context,
): Promise<Joined | null> {
  const all = await listInstances(config.home.dir, context.host);
  const there = all.filter(({ runs, record }) => runs && record?.url === url);
  const wish = { config, prepared, key, command, mustBeReady: false };
  return joinRunning(there, wish, context);
}

/** Until it has ended; what kept it from starting, as a rule that the address was taken meanwhile. */
async function serve(plan: JoinedPlan, url: string, context: Context): Promise<UserError | null> {
  const { config, prepared, key } = plan;
  const port = Number(new URL(url).port);
  try {
    await runForeground(
      {
        name: `run-${randomBytes(4).toString("hex")}`,
        temporary: true,
        config: { ...config, proxy: { ...config.proxy, port } },
        prepared: { ...prepared, sidelite: { ...prepared.sidelite, key } },
        worker: null,
      },
      context,
    );
    return null;
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}
