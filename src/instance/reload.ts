// Reads the configuration again and puts it in force: a new LiteLLM where it must know, the routes in any case.
import type { Config } from "../config/config.ts";
import type { Problem } from "../core/errors.ts";
import { problem, UserError } from "../core/errors.ts";
import type { Host } from "../core/host.ts";
import { renderPlace } from "../core/place.ts";
import type { Prepared } from "./configuration.ts";
import { checkModel, prepareSource } from "./configuration.ts";
import type { Journal } from "./journal.ts";
import type { Serving } from "./serve.ts";
import { settingsForNextStart } from "./settings-for-next-start.ts";

export interface ReloadParts {
  /** Of the start: what the worker was given, and what cannot change meanwhile. */
  readonly started: Config;
  readonly serving: Serving;
  readonly journal: Journal;
  readonly host: Host;
}

export interface State {
  readonly config: Config;
  readonly prepared: Prepared;
}

export interface Reloaded extends State {
  /** A LiteLLM of its own serves it, which is the first to do so. */
  readonly isFresh: boolean;
  /** For the user. */
  readonly done: string;
}

/** Settings that switch the local proxy off: it goes on until the next start (design 3.4). */
export function describeSwitchedOff({ proxy, origins }: Config): string | null {
  if (proxy.enabled) return null;
  const { layer, place } = origins.enabled;
  const who = layer === "queue" ? "the queue's settings" : `${layer} (${renderPlace(place)})`;
  return `${who} switch the local proxy off: it goes on until the next start`;
}

export interface ReloadOptions {
  /** LiteLLM must read its files anew although its configuration is the same. */
  readonly isForced: boolean;
  /** The instance ends: nothing is waited for any more. */
  readonly over: AbortSignal;
}

/** Throws UserError, and the old configuration stays in force. */
export async function reloadInstance(
  current: State,
  latest: Config,
  { started, serving, journal, host }: ReloadParts,
  { isForced, over }: ReloadOptions,
): Promise<Reloaded> {
  const { litellm, queueTrust } = (latest.proxy.enabled ? latest : current.config).proxy;
  if (litellm === null) throw new UserError("failed", problem("this instance has no LiteLLM"));
  const { masterKey } = current.prepared;
  const next = await prepareSource(litellm, host, {
    ...(masterKey.fromUser ? {} : { masterKey: masterKey.secret }),
    trustQueue: queueTrust.full,
  });
  checkModel(started, next);
  for (const found of freshProblems(current, latest, next)) serving.report.problem(found);
  const isFresh = next.needsLitellm && (isForced || !serving.isServing(next));
  if (isFresh) await bringUp(next, serving, journal, over);
  await serving.apply(next);
  await serving.keep();
  const config = latest.proxy.enabled ? latest : current.config;
  const done = [
    describeChange(current.prepared, next, isFresh),
    ...serving.proxy.state().missing.map((name) => `LiteLLM serves without ${name}`),
    describeSwitchedOff(latest),
    settingsForNextStart(started, latest),
  ];
  return { config, prepared: next, isFresh, done: done.filter(Boolean).join("; ") };
}

async function bringUp(
  next: Prepared,
  serving: Serving,
  journal: Journal,
  over: AbortSignal,
): Promise<void> {
  // A first LiteLLM is not given up for one that may be worse: its failure would be the instance's.
  if (serving.proxy.state().phase === "starting") {
    await unlessOver(journal.next("proxy.ready", "proxy.failed"), over);
  }
  const start = await serving.stage(next);
  const outcome = journal.next("proxy.ready", "proxy.rejected", "proxy.failed");
  start();
  const { name, fields } = await unlessOver(outcome, over);
  if (name === "proxy.ready") return;
  const message = `the new configuration did not come up: ${String(fields?.["cause"])}`;
  const remedy = "the old one goes on; mend the file and reload";
  throw new UserError("proxy", problem(message, { remedy }));
}

function unlessOver<T>(awaited: Promise<T>, over: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const settled = new AbortController();
    const stop = (): void => reject(new UserError("failed", problem("the instance is stopping")));
    if (over.aborted) stop();
    over.addEventListener("abort", stop, { once: true, signal: settled.signal });
    void awaited.then(resolve, reject).finally(() => settled.abort());
  });
}

function describeChange(before: Prepared, next: Prepared, isFresh: boolean): string {
  if (!next.needsLitellm) {
    const end = before.needsLitellm ? "no model needs LiteLLM any more, so it ends" : null;
    return ["the routes are the new ones", end].filter(Boolean).join("; ");
  }
  if (!isFresh) return "the routes are the new ones; LiteLLM went on";
  if (!before.needsLitellm) return "LiteLLM was started, which no model needed until now";
  const reset = "cooldowns, usage counters and in-memory cache begin anew";
  return `a new LiteLLM serves the new configuration, the old one drains; its ${reset}`;
}

/** Warnings and notices that were not told before. */
function freshProblems(current: State, config: Config, prepared: Prepared): Problem[] {
  const told = new Set([...current.config.problems, ...current.prepared.problems].map(keyOf));
  return [...config.problems, ...prepared.problems].filter((found) => !told.has(keyOf(found)));
}

function keyOf({ path, message }: Problem): string {
  return `${path ?? ""} ${message}`;
}
