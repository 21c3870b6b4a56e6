// The configuration whose `sidelite:` section the direct commands show and change.
import type { Flags } from "../config/flag-layer.ts";
import type { LitellmSource } from "../config/litellm-source.ts";
import { mergeLayers } from "../config/merge.ts";
import { readSources } from "../config/sources.ts";
import type { Context } from "../core/context.ts";
import { problem, UserError } from "../core/errors.ts";
import type { DirectConfig } from "../gateway/direct/provider.ts";
import { RouteTable } from "../gateway/direct/route-table.ts";
import type { StoredModels } from "../gateway/direct/model-store.ts";
import { createModelStore } from "../gateway/direct/model-store.ts";
import { mergeIncludes } from "../litellm/includes.ts";
import type { Models } from "../litellm/models.ts";
import { listModels } from "../litellm/models.ts";
import { modelStorePath } from "./model-store-path.ts";
import { withPlaceholders } from "./placeholder-environment.ts";
import type { Direct } from "./read-direct.ts";
import { readDirect } from "./read-direct.ts";
import type { LitellmDocuments } from "./read-litellm.ts";
import { isMissing, readLitellm } from "./read-litellm.ts";

export interface FoundSource {
  readonly source: LitellmSource;
  /** `~/.kubiya`. */
  readonly home: string;
}

export interface OpenedDirect extends FoundSource {
  readonly documents: LitellmDocuments;
  readonly config: DirectConfig;
  /** LiteLLM's. */
  readonly names: Models;
  /** As /models of each provider listed last. */
  readonly discovered: ReadonlyMap<string, readonly string[]>;
  readonly table: RouteTable;
  /** File of the lists. */
  readonly storePath: string;
}

const EMPTY: DirectConfig = { providers: new Map(), disabledProviders: [], agents: [] };

/** By flags, environment and context, whether or not a proxy is enabled. Throws UserError("usage"): there is none. */
export async function findSource(flags: Flags, { host, verbose }: Context): Promise<FoundSource> {
  const options = { command: "proxy", kubiyaWorker: false, queue: null, verbose } as const;
  const sources = await readSources(flags, host, options);
  const source = mergeLayers(sources.layers).get("litellm").winner?.value;
  if (source) return { source, home: sources.home.dir };
  const near = sources.nearby === null ? "litellm_config.yaml" : sources.nearby;
  const remedy = `name it: --proxy-config-file ./${near}`;
  throw new UserError("usage", problem("no configuration is chosen", { remedy }));
}

/** `ask`: requests are to be sent. `change`: what is wrong is told of the result, not of what is changed. */
type Purpose = "show" | "ask" | "change";

/**
 * Throws UserError with all faults of its direct routes; those of LiteLLM's part do not matter here. Variables may be
 * unset, which is told, unless requests are to be sent.
 */
export async function openDirect(
  flags: Flags,
  context: Context,
  purpose: Purpose = "show",
): Promise<OpenedDirect> {
  const { source, home } = await findSource(flags, context);
  if (source.kind === "file" && (await isMissing(source))) throw notThere(source.path);
  const documents = await readLitellm(source);
  const direct = await read(documents, context, purpose);
  const config = direct?.config ?? EMPTY;
  const names = listModels(mergeIncludes(documents.main, documents.included).value);
  const storePath = modelStorePath(home, source);
  const stored = await createModelStore(storePath).read();
  const isCurrent = ([name, { origin }]: [string, StoredModels]) =>
    config.providers.get(name)?.base?.origin === origin;
  const discovered = new Map(
    [...stored].filter(isCurrent).map(([name, { models }]) => [name, models]),
  );
  const modelNames = new Set([...names.exact, ...names.aliases]);
  const table = new RouteTable({ config, modelNames, discovered });
  return { source, home, documents, config, names, discovered, table, storePath };
}

function notThere(path: string): UserError {
  const remedy =
    "check the path, or begin one: sidelite init, or sidelite provider add NAME --base-url URL";
  const place = { source: path };
  return new UserError("usage", problem("the LiteLLM config does not exist", { place, remedy }));
}

async function read(
  documents: LitellmDocuments,
  { host, report }: Context,
  purpose: Purpose,
): Promise<Direct | null> {
  const first = await readDirect(documents, host);
  const errors = first.problems.filter(({ severity }) => severity === "error");
  if (errors.length === 0) return first.direct;
  const text = JSON.stringify(documents.main.value);
  const env = withPlaceholders(text, host.env);
  const second = purpose === "ask" ? first : await readDirect(documents, { env, home: host.home });
  const faults = second.problems.filter(({ severity }) => severity === "error");
  if (faults.length > 0) throw new UserError("usage", errors);
  if (purpose === "show") for (const one of errors) report.problem({ ...one, severity: "warning" });
  return second.direct;
}
