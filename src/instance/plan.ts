// What every starting verb does first: settings, LiteLLM config, and the talk about both.
import type { Config } from "../config/config.ts";
import type { Flags } from "../config/flag-layer.ts";
import type { LitellmSource } from "../config/litellm-source.ts";
import { loadConfig } from "../config/load.ts";
import { resolveHome } from "../config/home.ts";
import type { LoadOptions } from "../config/sources.ts";
import type { QueueSettingsSource } from "../control-plane/queue-settings.ts";
import type { Context } from "../core/context.ts";
import type { Prepared } from "./configuration.ts";
import type { Door } from "./door.ts";
import type { HeadStart } from "./head-start.ts";

export interface Loaded {
  readonly config: Config;
  /** null: no proxy is enabled. */
  readonly prepared: Prepared | null;
  readonly settings: LiveSettings;
  /** The listener, when one was asked for and could be had. */
  readonly door: Door | null;
  /** null: LiteLLM's import has not begun. */
  readonly headStart: HeadStart | null;
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
  /** The instance that is to be started: it listens, and imports LiteLLM, at once. */
  readonly instance?: { readonly name: string; readonly temporary: boolean };
}

/** Throws UserError with every problem; prints warnings and notices. */
export async function loadPlan(
  flags: Flags,
  { command, kubiyaWorker, queueId, instance }: PlanOptions,
  context: Context,
): Promise<Loaded> {
  const { host, report, verbose } = context;
  const queue = queueId === undefined ? null : openQueue(queueId, context);
  const read = (): Promise<Config> =>
    loadConfig(flags, host, { command, kubiyaWorker, queue, verbose });
  const settings = { queue, read };
  const config = await read();
  for (const found of config.problems) report.problem(found);
  const source = config.proxy.enabled ? config.proxy.litellm : null;
  if (source === null) return { config, prepared: null, settings, door: null, headStart: null };
  const begun = instance
    ? await begin(config, source, instance, context)
    : { door: null, headStart: null };
  try {
    // Understanding it takes YAML's and the schema's libraries: the gateway listens meanwhile.
    const { prepareStart } = await import("./prepare-start.ts");
    const prepared = await prepareStart(config, source, kubiyaWorker, context);
    return { config, prepared, settings, ...begun };
  } catch (error) {
    await Promise.all([begun.door?.close(), begun.headStart?.end()]);
    throw error;
  }
}

/** What needs no LiteLLM config and takes long. Loaded only by what starts an instance. */
async function begin(
  config: Config,
  source: LitellmSource,
  { name, temporary }: NonNullable<PlanOptions["instance"]>,
  { host, report }: Context,
): Promise<Pick<Loaded, "door" | "headStart">> {
  const { openDoor } = await import("./door.ts");
  const door = await openDoor(config, temporary ? null : name, host);
  if (door) report.event({ name: "gateway.listening", fields: { url: door.url } });
  const { beginHeadStart } = await import("./head-start.ts");
  return { door, headStart: await beginHeadStart(config, source, name, host) };
}

/** Loaded where the layers above leave something open: a start is hot. */
function openQueue(queueId: string, context: Context): QueueSettingsSource {
  let opened: QueueSettingsSource | null = null;
  const open = async (): Promise<QueueSettingsSource> => {
    const { createInstanceQueue } = await import("./queue-source.ts");
    opened ??= createInstanceQueue(queueId, resolveHome(context.host).dir, context);
    return opened;
  };
  return {
    read: async (request) => (await open()).read(request),
    refresh: async (signal) => (await open()).refresh(signal),
    isAsked: () => opened?.isAsked() ?? false,
  };
}
