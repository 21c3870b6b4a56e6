// Which context file a command means, and which of its contexts, before anything is read.
import { UserError } from "../core/errors.ts";
import type { Host } from "../core/host.ts";
import type { ContextFile } from "./context-file.ts";
import { buildDefaultLayer } from "./default-layer.ts";
import { buildEnvLayer } from "./env-layer.ts";
import type { Flags } from "./flag-layer.ts";
import { buildFlagLayer } from "./flag-layer.ts";
import type { SideliteHome } from "./home.ts";
import { resolveHome } from "./home.ts";
import type { Entry } from "./layer.ts";
import { mergeLayers } from "./merge.ts";

export interface ContextLocation {
  readonly home: SideliteHome;
  /** Absolute. */
  readonly path: string;
  /** By flag or variable: then it must exist to be read. */
  readonly isNamed: boolean;
  /** The context that `--context` or KUBIYA_CONTEXT says; null: the file's own choice counts. */
  readonly wanted: Entry<string> | null;
}

/** Throws UserError("usage") when a flag or variable is no path or no name. */
export function locateContextFile({ config, context }: Flags, host: Host): ContextLocation {
  const home = resolveHome(host);
  const typed = {
    ...(config !== undefined && { config }),
    ...(context !== undefined && { context }),
  };
  const env = Object.fromEntries(
    ["KUBIYA_CONFIG", "KUBIYA_CONTEXT"].map((name) => [name, host.env[name]]),
  );
  const merged = mergeLayers([
    buildFlagLayer(typed, host),
    buildEnvLayer({ ...host, env }),
    buildDefaultLayer(home.dir),
  ]);
  const errors = merged.problems.filter(({ severity }) => severity === "error");
  const file = merged.get("contextFile").winner;
  if (errors.length > 0 || !file) throw new UserError("usage", errors);
  const wanted = merged.get("context").winner;
  return { home, path: file.value, isNamed: file.layer !== "default", wanted };
}

/** As the file itself says; null: it does not, or it is no text. */
export function currentContextOf(file: ContextFile | null): string | null {
  const written = file?.top.value["current-context"];
  return typeof written === "string" && written !== "" ? written : null;
}
