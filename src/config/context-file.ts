// Understands the context file: kubectl's shape, with lists of named contexts and users (design 3.3). Pure.
import { isMapping } from "../core/converted.ts";
import type { ParsedDocument, YamlPath } from "../core/document.ts";
import { renderPath } from "../core/document.ts";
import type { Problem } from "../core/errors.ts";
import { problem, UserError } from "../core/errors.ts";
import { parseReferences } from "../core/references.ts";
import { parseYaml } from "../core/yaml.ts";
import { LIST_OF } from "./context-keys.ts";

type Mapping = Readonly<Record<string, unknown>>;

/** A mapping of the file and where it stands. */
export interface Section {
  readonly value: Mapping;
  readonly path: YamlPath;
}

export interface ContextFile {
  /** Absolute. */
  readonly path: string;
  readonly document: ParsedDocument;
  readonly top: Section;
  readonly contexts: ReadonlyMap<string, Section>;
  readonly users: ReadonlyMap<string, Section>;
}

/** The seed's recipes append these to the file with `cat >>`, whether or not they are there already. */
export const LISTS = ["contexts", "users", "organizations"] as const;

/** Throws UserError("usage") with every fault, each with line and column. */
export function parseContextFile(text: string, path: string): ContextFile {
  const document = parseYaml(text, path, { joinDuplicateLists: LISTS });
  const value = document.value ?? {};
  if (!isMapping(value)) {
    const remedy = "it must hold keys such as current-context: and contexts:";
    throw new UserError(
      "usage",
      problem("the context file is not a mapping", { place: document.place([]), remedy }),
    );
  }
  const reader = new ListReader(document, value);
  const contexts = reader.read("context");
  const users = reader.read("user");
  if (reader.problems.length > 0) throw new UserError("usage", reader.problems);
  return { path, document, top: { value, path: [] }, contexts, users };
}

/** Whether a key stands in the file itself, not only a reference to a variable. */
export function hasLiteralToken({ users }: ContextFile): boolean {
  return [...users.values()].some(({ value: { token } }) => {
    if (typeof token !== "string" || token === "") return false;
    return parseReferences(token, { credential: true }).parts.every(
      (part) => typeof part === "string",
    );
  });
}

/** The selected context's organization, as written. */
export function organizationOf({ contexts }: ContextFile, name: string | null): string | null {
  const organization = name === null ? null : contexts.get(name)?.value["organization"];
  return typeof organization === "string" && organization !== "" ? organization : null;
}

class ListReader {
  readonly problems: Problem[] = [];
  readonly #document: ParsedDocument;
  readonly #top: Mapping;

  constructor(document: ParsedDocument, top: Mapping) {
    this.#document = document;
    this.#top = top;
  }

  /** The list of items `{name, <kind>: {...}}`. */
  read(kind: keyof typeof LIST_OF): ReadonlyMap<string, Section> {
    const list = LIST_OF[kind];
    const items = this.#top[list] ?? [];
    const found = new Map<string, Section>();
    if (!Array.isArray(items)) {
      this.#fault([list], "is not a list", "begin each item with `- name:`");
      return found;
    }
    items.forEach((item: unknown, index) => {
      const named = this.#readItem(kind, item, [list, index]);
      if (!named) return;
      const { name, section } = named;
      const earlier = found.get(name);
      if (!earlier) found.set(name, section);
      else {
        const line = this.#document.place(earlier.path).line ?? 0;
        const what = `the ${kind} ${name} already stands in line ${line}`;
        this.#fault([list, index], what, "remove or rename one of the two");
      }
    });
    return found;
  }

  #readItem(
    kind: keyof typeof LIST_OF,
    item: unknown,
    path: YamlPath,
  ): { readonly name: string; readonly section: Section } | null {
    if (!isMapping(item)) return this.#fault(path, "is not a mapping", "write `- name: ...`");
    const { name } = item;
    if (typeof name !== "string" || name === "") {
      const remedy = "give it a name; quote one that is a number or a word like yes";
      return this.#fault([...path, "name"], "the name is not text", remedy);
    }
    const value = item[kind] ?? {};
    const other = kind === "context" ? "user" : "context";
    if (item[kind] === undefined && item[other] !== undefined) {
      const remedy = `put it under \`${LIST_OF[other]}:\`; that line may be missing or glued to a comment`;
      return this.#fault(path, `the ${other} ${name} stands in the wrong list`, remedy);
    }
    const inner = [...path, kind];
    if (!isMapping(value)) {
      return this.#fault(inner, "is not a mapping", `indent the keys of the ${kind} below it`);
    }
    return { name, section: { value, path: inner } };
  }

  #fault(path: YamlPath, message: string, remedy: string): null {
    const place = this.#document.place(path);
    this.problems.push(problem(message, { place, path: renderPath(path), remedy }));
    return null;
  }
}
