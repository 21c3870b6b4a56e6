// The merged configuration without starting anything: where each setting came from, and what LiteLLM would read.
import type { Config } from "../config/config.ts";
import type { Flags } from "../config/flag-layer.ts";
import type { Merged } from "../config/layer.ts";
import { mergeLayers } from "../config/merge.ts";
import type { QueueSource } from "../config/queue-layer.ts";
import { resolveConfig } from "../config/resolve.ts";
import type { Sources } from "../config/sources.ts";
import { readSources } from "../config/sources.ts";
import type { Context } from "../core/context.ts";
import type { Problem } from "../core/errors.ts";
import { UserError } from "../core/errors.ts";
import type { ExitName } from "../core/exit-codes.ts";
import { prepareSource } from "./configuration.ts";

export interface Explanation {
  readonly merged: Merged;
  readonly context: Sources["context"];
  /** What LiteLLM would read, no secret in it; null: no config, or one that cannot be used. */
  readonly rendered: string | null;
  readonly problems: readonly Problem[];
  /** "ok", or why a start would fail. */
  readonly exit: ExitName;
}

/** Throws UserError only where nothing can be read at all. `queue` null: the queue settings are not asked. */
export async function explainConfiguration(
  flags: Flags,
  queue: QueueSource | null,
  { host, verbose }: Context,
): Promise<Explanation> {
  const options = { command: "worker", kubiyaWorker: false, queue, verbose } as const;
  const sources = await readSources(flags, host, options);
  const merged = mergeLayers(sources.layers);
  const explained = { merged, context: sources.context };
  let problems: readonly Problem[] = [];
  try {
    const config: Config = resolveConfig(merged, sources);
    problems = config.problems;
    const { litellm } = config.proxy;
    if (!litellm) return { ...explained, rendered: null, problems, exit: "ok" };
    const prepared = await prepareSource(litellm, host, {
      onlyValidate: true,
      trustQueue: config.proxy.queueTrust.full,
    });
    problems = [...problems, ...prepared.problems];
    return { ...explained, rendered: prepared.rendered, problems, exit: "ok" };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const all = [...error.problems, ...problems];
    return { ...explained, rendered: null, problems: all, exit: error.exit };
  }
}
