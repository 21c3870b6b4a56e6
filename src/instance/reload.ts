// Reads the configuration again and puts it in force: a new LiteLLM where it must know, the routes in any case.
import type { Config } from "../config/config.ts";
import { problem, UserError } from "../core/errors.ts";
import type { Host } from "../core/host.ts";
import type { Prepared } from "./configuration.ts";
import { prepareSource } from "./configuration.ts";
import type { Journal } from "./journal.ts";
import type { Serving } from "./serve.ts";

export interface ReloadParts {
  /** In force. */
  readonly config: Config;
  /** All settings as they are now. */
  readonly readConfig: () => Promise<Config>;
  readonly prepared: Prepared;
  readonly serving: Serving;
  readonly journal: Journal;
}

/** Throws UserError, and the old configuration stays in force. */
export async function reloadInstance(
  { config: current, readConfig, prepared, serving, journal }: ReloadParts,
  host: Host,
): Promise<{ readonly prepared: Prepared; readonly done: string }> {
  // What is switched off now goes on until the next start (design 3.4).
  const latest = await readConfig();
  const { litellm, queueTrust } = (latest.proxy.enabled ? latest : current).proxy;
  if (litellm === null) throw new UserError("failed", problem("this instance has no LiteLLM"));
  const masterKey = prepared.masterKey.fromUser ? {} : { masterKey: prepared.masterKey.secret };
  const next = await prepareSource(litellm, host, { ...masterKey, trustQueue: queueTrust.full });
  if (next.needsLitellm !== prepared.needsLitellm) {
    const message = next.needsLitellm
      ? "the configuration needs LiteLLM now, which this instance was started without"
      : "no model of the configuration needs LiteLLM any more";
    throw new UserError("failed", problem(message, { remedy: "stop it and start it again" }));
  }
  if (!next.needsLitellm || serving.isServing(next)) {
    await serving.apply(next);
    return { prepared: next, done: "the routes are the new ones; LiteLLM went on" };
  }
  const outcome = journal.next("proxy.ready", "proxy.rejected", "proxy.failed");
  await serving.serve(next);
  const { name, fields } = await outcome;
  if (name !== "proxy.ready") {
    const message = `the new configuration did not come up: ${String(fields?.["cause"])}`;
    const remedy = "the old one goes on; mend the file and reload";
    throw new UserError("proxy", problem(message, { remedy }));
  }
  await serving.apply(next);
  return { prepared: next, done: "a new LiteLLM serves the new configuration, the old one drains" };
}
