// From flags and host to the Config of one command: read, merge, resolve. Reload calls it again.
import type { Host } from "../core/host.ts";
import type { Config } from "./config.ts";
import type { Flags } from "./flag-layer.ts";
import { mergeLayers } from "./merge.ts";
import { resolveConfig } from "./resolve.ts";
import type { LoadOptions } from "./sources.ts";
import { readSources } from "./sources.ts";

/** Throws UserError with every problem found. */
export async function loadConfig(flags: Flags, host: Host, options: LoadOptions): Promise<Config> {
  const sources = await readSources(flags, host, options);
  return resolveConfig(mergeLayers(sources.layers), sources);
}
