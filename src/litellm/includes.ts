// `include:` as LiteLLM merges it: lists are joined, any other key of the included file wins.
import { isAbsolute, resolve } from "node:path";
import type { YamlPath } from "../core/document.ts";
import { renderPath } from "../core/document.ts";
import type { Problem } from "../core/errors.ts";
import { problem, UserError } from "../core/errors.ts";
import type { Place } from "../core/place.ts";
import type { LitellmDocument } from "./document.ts";
import type { Mapping } from "./tree.ts";
import { entriesOf, isMapping, withKey } from "./tree.ts";

export interface MergedDocument {
  readonly value: Mapping;
  readonly place: (path: YamlPath) => Place;
}

/** Where a top-level key's value comes from: one stretch of a list, or the whole. */
interface Stretch {
  readonly document: LitellmDocument;
  readonly start: number;
  readonly length: number;
}

const MAX_FILES = 50;

/** Absolute paths of the files that this document names itself. Throws UserError. */
export function listIncludes(document: LitellmDocument): string[] {
  const written = isMapping(document.value) ? document.value["include"] : undefined;
  if (written === undefined || written === null) return [];
  const { baseDir } = document;
  const items: readonly unknown[] = Array.isArray(written) ? written : [written];
  const problems: Problem[] = [];
  const paths = items.map((item, index) => {
    const path = Array.isArray(written) ? ["include", index] : ["include"];
    const where = { place: document.place(path), path: renderPath(path) };
    if (!Array.isArray(written) || typeof item !== "string" || item.trim() === "") {
      problems.push(
        problem("must be a list of file paths", { ...where, remedy: "write `- models.yaml`" }),
      );
    } else if (!isAbsolute(item) && baseDir === null) {
      problems.push(
        problem("names a relative path, but this configuration is in no folder", where),
      );
    }
    return resolve(baseDir ?? "/", typeof item === "string" ? item : ".");
  });
  if (problems.length > 0) throw new UserError("usage", problems);
  return paths;
}

/** Reads every included file, those that included files name as well, each once; by absolute path. */
export async function readIncludes(
  main: LitellmDocument,
  read: (path: string) => Promise<LitellmDocument>,
): Promise<ReadonlyMap<string, LitellmDocument>> {
  const found = new Map<string, LitellmDocument>();
  const pending = listIncludes(main);
  const readNamed = async (path: string): Promise<LitellmDocument> => {
    try {
      return await read(path);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      const place = main.place(["include"]);
      const named = { severity: "notice", message: `this includes ${path}`, place } as const;
      throw new UserError(error.exit, [...error.problems, named], { cause: error });
    }
  };
  for (let path = pending.shift(); path !== undefined; path = pending.shift()) {
    if (found.has(path) || path === main.source) continue;
    if (found.size === MAX_FILES) {
      const message = `includes more than ${MAX_FILES} files`;
      throw new UserError(
        "usage",
        problem(message, { place: main.place(["include"]), path: "include" }),
      );
    }
    // One after the other: a file decides which ones follow.
    // oxlint-disable-next-line no-await-in-loop
    const document = await readNamed(path);
    found.set(path, document);
    pending.push(...listIncludes(document));
  }
  return found;
}

/** One configuration without `include`, in LiteLLM's order (breadth first). */
export function mergeIncludes(
  main: LitellmDocument,
  included: ReadonlyMap<string, LitellmDocument>,
): MergedDocument {
  let value = mappingOf(main);
  const stretches = new Map<string, Stretch[]>();
  for (const [key, item] of entriesOf(value)) stretches.set(key, [stretch(main, item, 0)]);
  const seen = new Set([main.source]);
  const pending = listIncludes(main);
  for (let path = pending.shift(); path !== undefined; path = pending.shift()) {
    const document = included.get(path);
    if (document === undefined || seen.has(path)) continue;
    seen.add(path);
    pending.push(...listIncludes(document));
    for (const [key, item] of entriesOf(mappingOf(document))) {
      const base = value[key];
      const isJoined = Array.isArray(base) && Array.isArray(item);
      const before = isJoined ? (stretches.get(key) ?? []) : [];
      stretches.set(key, [...before, stretch(document, item, isJoined ? base.length : 0)]);
      value = withKey(value, key, isJoined ? [...base, ...item] : item);
    }
  }
  return {
    value: withKey(value, "include", undefined),
    place: (path) => locate(main, stretches, path),
  };
}

function stretch(document: LitellmDocument, value: unknown, start: number): Stretch {
  return { document, start, length: Array.isArray(value) ? value.length : Infinity };
}

function locate(
  main: LitellmDocument,
  stretches: ReadonlyMap<string, Stretch[]>,
  path: YamlPath,
): Place {
  const [key, index, ...rest] = path;
  const found = stretches.get(String(key)) ?? [];
  if (typeof index !== "number") return (found[0]?.document ?? main).place(path);
  const part = found.find(({ start, length }) => index >= start && index < start + length);
  return part ? part.document.place([String(key), index - part.start, ...rest]) : main.place(path);
}

function mappingOf(document: LitellmDocument): Mapping {
  if (isMapping(document.value)) return document.value;
  const isEmpty = document.value === null || document.value === undefined;
  const message = isEmpty ? "is empty" : "must be a mapping of settings";
  const remedy = "begin with `model_list:`";
  throw new UserError("usage", problem(message, { place: document.place([]), remedy }));
}
