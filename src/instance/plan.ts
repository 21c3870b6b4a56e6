// What every starting verb does first: settings, LiteLLM config, and the talk about both.
import type { Config } from "../config/config.ts";
import type { Flags } from "../config/flag-layer.ts";
import { loadConfig } from "../config/load.ts";
import { resolveHome } from "../config/home.ts";
import type { LoadOptions } from "../config/sources.ts";
import type { QueueSettingsSource } from "../control-plane/queue-settings.ts";
import type { Context } from "../core/context.ts";
import { matchModel } from "../litellm/models.ts";
import type { Prepared } from "./configuration.ts";
import { checkModel, prepareSource } from "./configuration.ts";

export interface Loaded {
  readonly config: Config;
  /** null: no proxy is enabled. */
  readonly prepared: Prepared | null;
  readonly settings: LiveSettings;
}

/** The settings beyond the start: for a reload, and for polling the queue. */
export interface LiveSettings {
  /** null: none is asked. */
  readonly queue: QueueSettingsSource | null;
  /** All of them as they are now. Throws UserError. */
  readonly read: () => Promise<Config>;
}

export interface PlanOptions extends Pick<LoadOptions, "command" | "kubiyaWorker"> {
  /** Whose settings are asked where the layers above leave it open; it has passed `parseInstanceName`. */
  readonly queueId?: string;
}

/** What the Kubiya worker asks for when nobody says otherwise. */
const KUBIYA_DEFAULT_MODEL = "kubiya/claude-sonnet-4";

/** Throws UserError with every problem; prints warnings and notices. */
export async function loadPlan(
  flags: Flags,
  { command, kubiyaWorker, queueId }: PlanOptions,
  context: Context,
): Promise<Loaded> {
  const { host, report, verbose } = context;
  const queue = queueId === undefined ? null : await openQueue(queueId, context);
  const read = (): Promise<Config> =>
    loadConfig(flags, host, { command, kubiyaWorker, queue, verbose });
  const settings = { queue, read };
  const config = await read();
  for (const found of config.problems) report.problem(found);
  const source = config.proxy.enabled ? config.proxy.litellm : null;
  if (source === null) return { config, prepared: null, settings };
  const trustQueue = config.proxy.queueTrust.full;
  const prepared = await prepareSource(source, host, { trustQueue });
  for (const found of prepared.problems) report.problem(found);
  if (prepared.droppedNames.length > 0) {
    report.verbose(
      `LiteLLM does not get these variables: ${prepared.droppedNames.join(", ")} (sidelite.proxy.pass-env adds them)`,
    );
  }
  checkModel(config, prepared);
  const { model } = config.proxy;
  const hasDefault =
    matchModel(KUBIYA_DEFAULT_MODEL, prepared.names) ||
    prepared.direct?.serves(KUBIYA_DEFAULT_MODEL) === true;
  if (kubiyaWorker && model === null && !hasDefault) {
    const [first = "NAME"] = [...prepared.names.exact, ...(prepared.direct?.models ?? [])];
    report.problem({
      severity: "warning",
      message: `the Kubiya worker asks for ${KUBIYA_DEFAULT_MODEL} by default, which this LiteLLM config does not have`,
      remedy: `add --model ${first}, or an alias in the config: router_settings: {model_group_alias: {"${KUBIYA_DEFAULT_MODEL}": "${first}"}}`,
    });
  }
  return { config, prepared, settings };
}

/** Loaded where there is a queue: a start is hot. */
async function openQueue(queueId: string, context: Context): Promise<QueueSettingsSource> {
  const { createInstanceQueue } = await import("./queue-source.ts");
  return createInstanceQueue(queueId, resolveHome(context.host).dir, context);
}
