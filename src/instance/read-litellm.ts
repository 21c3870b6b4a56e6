// Reads the LiteLLM config that `config/` chose, and the files it includes.
import { lstat } from "node:fs/promises";
import { dirname } from "node:path";
import type { LitellmSource } from "../config/litellm-source.ts";
import type { ParsedDocument } from "../core/document.ts";
import { DEFAULT_LIMITS } from "../core/document.ts";
import { parseJson } from "../core/json.ts";
import { parseYaml } from "../core/yaml.ts";
import type { LitellmDocument } from "../litellm/document.ts";
import { readIncludes } from "../litellm/includes.ts";
import { errorCode } from "../platform/file-errors.ts";
import { readLimited } from "../platform/files.ts";

export interface LitellmDocuments {
  readonly main: LitellmDocument;
  /** By absolute path. */
  readonly included: ReadonlyMap<string, LitellmDocument>;
}

/** Throws UserError: a file is missing, unreadable, or no YAML or JSON. */
export async function readLitellm(source: LitellmSource): Promise<LitellmDocuments> {
  const main = await readMain(source);
  return { main, included: await readIncludes(main, readLitellmFile) };
}

/** A link that leads nowhere is there: what it leads to is not ours to make. */
export async function isMissing(source: LitellmSource): Promise<boolean> {
  if (source.kind !== "file") return false;
  const found = await lstat(source.path).catch((error: unknown) => error);
  return errorCode(found) === "ENOENT";
}

async function readMain(source: LitellmSource): Promise<LitellmDocument> {
  if (source.kind === "file") return readLitellmFile(source.path);
  const { baseDir } = source;
  if (source.kind === "text")
    return asLitellm(parseJson(source.text, source.source), source.source, baseDir);
  return {
    source: source.source,
    value: source.value,
    place: (path) => source.place(path),
    notices: [],
    baseDir,
  };
}

export async function readLitellmFile(path: string): Promise<LitellmDocument> {
  const { text } = await readLimited(path, {
    maxBytes: DEFAULT_LIMITS.maxBytes,
    what: "LiteLLM config",
  });
  const parse = path.endsWith(".json") ? parseJson : parseYaml;
  return asLitellm(parse(text, path), path, dirname(path));
}

export function asLitellm(
  parsed: ParsedDocument,
  source: string,
  baseDir: string | null,
): LitellmDocument {
  const { value, notices } = parsed;
  return { source, value, notices, place: (path) => parsed.place(path), baseDir };
}
