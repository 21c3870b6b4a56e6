// Reads every layer. The only I/O of config/: the context file, the queue settings, a look at the cwd.
import { lstat, stat } from "node:fs/promises";
import { join } from "node:path";
import { DEFAULT_LIMITS } from "../core/document.ts";
import type { Problem } from "../core/errors.ts";
import { UserError } from "../core/errors.ts";
import type { Host } from "../core/host.ts";
import type { TextFile } from "../platform/files.ts";
import { chooseContext } from "./context-choice.ts";
import type { ContextFile } from "./context-file.ts";
import { isProxyDecided } from "./decide.ts";
import { buildDefaultLayer } from "./default-layer.ts";
import { buildEnvLayer } from "./env-layer.ts";
import type { Flags } from "./flag-layer.ts";
import { buildFlagLayer } from "./flag-layer.ts";
import type { SideliteHome } from "./home.ts";
import { resolveHome } from "./home.ts";
import type { Entry, Layer } from "./layer.ts";
import { mergeLayers } from "./merge.ts";
import type { QueueSource } from "./queue-layer.ts";
import { buildQueueLayer, trustOf } from "./queue-layer.ts";

export interface LoadOptions {
  /** `run` and `proxy` need the local proxy; a worker may go without. */
  readonly command: "worker" | "run" | "proxy";
  /** The Kubiya worker itself is started: it cannot do without a key. */
  readonly kubiyaWorker: boolean;
  /** null: this program cannot ask for queue settings yet. */
  readonly queue: QueueSource | null;
  readonly verbose: boolean;
}

/** What became of the queue settings. */
type QueueOutcome = "not needed" | "no source" | "no key" | "asked";

export interface Sources {
  readonly layers: readonly Layer[];
  readonly options: LoadOptions;
  readonly home: SideliteHome;
  readonly context: ContextFacts;
  readonly queue: QueueOutcome;
  readonly skipModelValidation: boolean;
  /** A LiteLLM config in the cwd that nobody named; looked for only where none was given. */
  readonly nearby: string | null;
  readonly problems: readonly Problem[];
}

interface ContextFacts {
  readonly name: string | null;
  readonly file: string;
  readonly exists: boolean;
  readonly organization: string | null;
}

const NEARBY = "litellm_config.yaml";

/** Throws UserError where nothing more can be read; faults of values are in the layers. */
export async function readSources(
  flags: Flags,
  host: Host,
  options: LoadOptions,
): Promise<Sources> {
  const home = resolveHome(host);
  const upper = [buildFlagLayer(flags, host), buildEnvLayer(host), buildDefaultLayer(home.dir)];
  const { layer, facts, problems } = await readContext(upper, host);
  const local = layer ? [...upper, layer] : upper;
  const queue = await readQueue(local, problems, options);
  const layers = queue.layer ? [...local, queue.layer] : local;
  const hasConfig = layers.some(({ entries }) => entries.litellm !== undefined);
  return {
    layers,
    options,
    home,
    context: facts,
    queue: queue.outcome,
    skipModelValidation: flags["skipModelValidation"] === true,
    nearby: hasConfig ? null : await findNearby(host.cwd),
    problems,
  };
}

interface ContextReading {
  readonly layer: Layer | null;
  readonly facts: ContextFacts;
  readonly problems: readonly Problem[];
}

async function readContext(upper: readonly Layer[], host: Host): Promise<ContextReading> {
  const above = mergeLayers(upper);
  const named = above.get("contextFile").winner;
  const path = named?.value ?? "";
  const none = { name: null, file: path, exists: false, organization: null };
  // A path that is no path is already a fault; another file in its place would only confuse.
  if (!named || above.broken.has("contextFile")) return { layer: null, facts: none, problems: [] };
  const text = await readContextText(named);
  if (text === null) {
    const { problems } = chooseContext(above.get("context").winner, null, path);
    return { layer: null, facts: none, problems };
  }
  // YAML's parser is only loaded where there is something to parse.
  const { parseContextFile, hasLiteralToken, organizationOf } = await import("./context-file.ts");
  const { buildContextLayer } = await import("./context-layer.ts");
  let file: ContextFile;
  try {
    file = parseContextFile(text.text, path);
  } catch (error) {
    if (!(error instanceof UserError) || error.exit !== "usage") throw error;
    return { layer: null, facts: { ...none, exists: true }, problems: error.problems };
  }
  const withTop = mergeLayers([...upper, buildContextLayer(file, null, host)]);
  const choice = chooseContext(withTop.get("context").winner, file, path);
  const problems = [...choice.problems];
  if ((text.mode & 0o077) !== 0 && hasLiteralToken(file)) problems.push(looseMode(path));
  const { name } = choice;
  const facts = { name, file: path, exists: true, organization: organizationOf(file, name) };
  return { layer: buildContextLayer(file, name, host), facts, problems };
}

/** A named file must exist, a discovered one may not. Never creates it. */
async function readContextText({ layer, value: path }: Entry<string>): Promise<TextFile | null> {
  if (layer === "default" && (await isMissing(path))) return null;
  const { readLimited } = await import("../platform/files.ts");
  return readLimited(path, { maxBytes: DEFAULT_LIMITS.maxBytes, what: "context file" });
}

async function readQueue(
  local: readonly Layer[],
  problems: readonly Problem[],
  { command, queue }: LoadOptions,
): Promise<{ readonly layer: Layer | null; readonly outcome: QueueOutcome }> {
  const merged = mergeLayers(local);
  const isFaulty = [...merged.problems, ...problems].some(({ severity }) => severity === "error");
  if (command !== "worker" || isFaulty || isProxyDecided(merged)) {
    return { layer: null, outcome: "not needed" };
  }
  const apiKey = merged.get("apiKey").winner?.value;
  const controlPlaneUrl = merged.get("controlPlaneUrl").winner?.value;
  if (!apiKey || controlPlaneUrl === undefined) return { layer: null, outcome: "no key" };
  if (!queue) return { layer: null, outcome: "no source" };
  const settings = await queue.read({ controlPlaneUrl, apiKey, trust: trustOf(merged) });
  return { layer: settings && buildQueueLayer(settings), outcome: "asked" };
}

function looseMode(path: string): Problem {
  return {
    severity: "warning",
    message: "it holds a token and other users can read it",
    place: { source: path },
    remedy: `chmod 600 ${path}`,
  };
}

async function isMissing(path: string): Promise<boolean> {
  return lstat(path).then(
    () => false,
    (error: NodeJS.ErrnoException) => error.code === "ENOENT",
  );
}

async function findNearby(cwd: string): Promise<string | null> {
  const found = await stat(join(cwd, NEARBY)).catch(() => null);
  return found?.isFile() ? NEARBY : null;
}
