// The names that exist now, for the shell's completion: of the context file, the configuration, the instances.
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Flags } from "../config/flag-layer.ts";
import type { ContextFile } from "../config/context-file.ts";
import { flagKey } from "../config/flag-layer.ts";
import { resolveHome } from "../config/home.ts";
import type { Host } from "../core/host.ts";
import { unquote } from "./unquote.ts";

const FLAG = /^(--(?:config|context|proxy-config-file|proxy-config-json))(?:=(.*))?$/s;
/** One name is one line, whatever it holds. */
// oxlint-disable-next-line no-control-regex -- control characters are what this is about
const UNFIT = /[\u0000-\u001f\u007f-\u009f]/;

/** `words` is the command line as typed so far; its last word is the one to complete. May throw. */
export async function readLiveNames(
  kind: string,
  words: readonly string[],
  host: Host,
): Promise<string[]> {
  const read = Object.hasOwn(READERS, kind) ? READERS[kind] : undefined;
  const names = (await read?.(parseFlags(ownWords(words)), host)) ?? [];
  return [...new Set(names)].filter((name) => name !== "" && !UNFIT.test(name)).toSorted();
}

type Reader = (flags: Flags, host: Host) => Promise<Iterable<string>>;

// What each one needs is loaded when it is asked for: a person waits for the answer.
const READERS: Readonly<Record<string, Reader>> = {
  agents: (flags, host) => readDirectNames("agents", flags, host),
  contexts: async (flags, host) => (await readContextFile(flags, host)).contexts.keys(),
  instances: async (_, host) => {
    const folder = join(resolveHome(host).dir, "workers");
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  },
  models: async (flags, host) => {
    const { listModels } = await import("../litellm/models.ts");
    const { exact, aliases } = listModels(await readConfiguration(flags, host));
    return [...exact, ...aliases];
  },
  providers: (flags, host) => readDirectNames("providers", flags, host),
  templates: async () => {
    const { listTemplateNames } = await import("./init-templates.ts");
    return listTemplateNames();
  },
  users: async (flags, host) => (await readContextFile(flags, host)).users.keys(),
};

async function readContextFile(flags: Flags, host: Host): Promise<ContextFile> {
  const { context } = await readLayers(flags, host);
  const { DEFAULT_LIMITS } = await import("../core/document.ts");
  const { readLimited } = await import("../platform/files.ts");
  const { parseContextFile } = await import("../config/context-file.ts");
  const limits = { maxBytes: DEFAULT_LIMITS.maxBytes, what: "context file" };
  const { text } = await readLimited(context.file, limits);
  return parseContextFile(text, context.file);
}

/** The LiteLLM config that is chosen, its includes merged; whether it is sound does not matter here. */
async function readConfiguration(flags: Flags, host: Host): Promise<unknown> {
  const { layers } = await readLayers(flags, host);
  const { mergeLayers } = await import("../config/merge.ts");
  const source = mergeLayers(layers).get("litellm").winner?.value;
  if (!source) return null;
  const { readLitellm } = await import("./read-litellm.ts");
  const { mergeIncludes } = await import("../litellm/includes.ts");
  const { main, included } = await readLitellm(source);
  return mergeIncludes(main, included).value;
}

async function readDirectNames(
  kind: "providers" | "agents",
  flags: Flags,
  host: Host,
): Promise<string[]> {
  const { entriesOf, getAt } = await import("../litellm/tree.ts");
  const section = getAt(await readConfiguration(flags, host), ["sidelite", kind]);
  if (!Array.isArray(section)) return entriesOf(section).map(([name]) => name);
  // Llama Stack's list.
  const names = section.map((block: unknown) => getAt(block, ["provider_id"]));
  return names.filter((name) => typeof name === "string");
}

async function readLayers(flags: Flags, host: Host) {
  const { readSources } = await import("../config/sources.ts");
  const options = { command: "proxy", kubiyaWorker: false, queue: null, verbose: false } as const;
  return readSources(flags, host, options);
}

/** Neither the word to complete nor what belongs to the worker. */
function ownWords(words: readonly string[]): readonly string[] {
  const end = words.indexOf("--");
  return words.slice(0, end === -1 ? -1 : end);
}

function parseFlags(words: readonly string[]): Flags {
  const flags: Record<string, string> = {};
  for (const [index, word] of words.entries()) {
    const [, name, joined] = FLAG.exec(word) ?? [];
    const value = joined ?? words[index + 1];
    if (name !== undefined && value !== undefined) flags[flagKey(name)] = unquote(value);
  }
  return flags;
}
