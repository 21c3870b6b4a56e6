// Reads YAML that others wrote: bounded in size, depth, values and aliases. The only importer of `yaml`.
import type { Document, Node } from "yaml";
import { Composer, isAlias, isMap, isScalar, isSeq, Lexer, Parser } from "yaml";
import type { Locate, ParsedDocument, ParseLimits } from "./document.ts";
import { createDocument } from "./document.ts";
import { BugError, problem, UserError } from "./errors.ts";
import { checkText } from "./text-check.ts";
import { convertTree } from "./yaml-convert.ts";
import { describeGluedLine, describeSyntax, tooDeep } from "./yaml-problems.ts";
import type { YamlNode } from "./yaml-tree.ts";

// For who changes a document (yaml-edit.ts).
export type { Document, Node, Pair, YAMLMap, YAMLSeq } from "yaml";
export { isAlias, isMap, isPair, isScalar, isSeq } from "yaml";

export interface YamlOptions extends ParseLimits {
  /** Top-level keys that may stand twice: their lists are joined, with a notice (design 3.3). */
  readonly joinDuplicateLists?: readonly string[];
}

// About 40,000 lines; lexing so many takes about a second.
const MAX_TOKENS = 600_000;
const MAX_REPORTED = 10;

/**
 * Plain scalars mean what LiteLLM's own YAML 1.1 reader takes them for (yaml-scalar.ts); keys are
 * always text. Throws UserError("usage") with line and column.
 */
export function parseYaml(raw: string, source: string, options: YamlOptions = {}): ParsedDocument {
  const { text, locate, maxDepth } = checkText(raw, source, options);
  const joinable = options.joinDuplicateLists ?? [];
  const [document, second] = compose(text, locate, maxDepth);
  const faults = document?.errors ?? [];
  const errors = faults
    // One mistake breaks several rules at one place; the first is the nearest to it.
    .filter(({ pos }, index) => pos[0] !== faults[index - 1]?.pos[0])
    .map(({ code, message, pos }) => describeSyntax(code, message, locate(pos[0])));
  if (errors.length > 0) {
    const glued = describeGluedLine(text, joinable, locate);
    throw new UserError("usage", (glued ? [glued, ...errors] : errors).slice(0, MAX_REPORTED));
  }
  if (second) {
    const place = locate(second.range[0]);
    const remedy = "keep one document: remove the `---` line and what is not needed";
    throw new UserError("usage", problem("a second YAML document starts here", { place, remedy }));
  }
  const tree = toTree(document?.contents, 0);
  const { value, position, problems } = convertTree(tree, { locate, maxDepth, joinable });
  const fatal = problems.filter(({ severity }) => severity === "error");
  if (fatal.length > 0) throw new UserError("usage", fatal.slice(0, MAX_REPORTED));
  return createDocument(value, position, locate, problems);
}

/** The tree of a text that `parseYaml` has taken, to be changed and written again with its comments. */
export function openYaml(raw: string, source: string): Document {
  const { text, locate, maxDepth } = checkText(raw, source);
  const [document] = compose(text, locate, maxDepth);
  if (!document) throw new BugError("a YAML text gave no document");
  return document;
}

// Counts while lexing, because building a deep tree recurses and can end the whole process.
function compose(text: string, locate: Locate, maxDepth: number): Document.Parsed[] {
  const parser = new Parser();
  // Failsafe: every scalar stays text. Duplicate keys are found later, in linear time.
  const composer = new Composer({ schema: "failsafe", uniqueKeys: false, stringKeys: false });
  const documents: Document.Parsed[] = [];
  let tokens = 0;
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) documents.push(...composer.next(token));
    // Beside the open collections the stack holds the document and one scalar.
    if (parser.stack.length > maxDepth + 2) throw tooDeep(maxDepth, locate(parser.offset));
    tokens += 1;
    if (tokens > MAX_TOKENS) {
      const place = locate(parser.offset);
      const remedy = "remove what is not configuration, or split it with `include:`";
      throw new UserError(
        "usage",
        problem("has too many values for a configuration", { place, remedy }),
      );
    }
  }
  for (const token of parser.end()) documents.push(...composer.next(token));
  documents.push(...composer.end(true, text.length));
  return documents;
}

/** `fallback` is where a node that is not written would stand. */
function toTree(node: Node | null | undefined, fallback: number): YamlNode {
  const offset = node?.range?.[0] ?? fallback;
  if (isAlias(node)) return { kind: "alias", name: node.source, offset, tag: null, anchor: null };
  const tag = node?.tag ?? null;
  const anchor = (isScalar(node) || isMap(node) || isSeq(node) ? node.anchor : null) ?? null;
  const common = { offset, tag, anchor };
  if (isMap<Node, Node | null>(node)) {
    const pairs = node.items.map((pair) => {
      const key = toTree(pair.key, offset);
      return { key, value: toTree(pair.value, key.offset) };
    });
    return { kind: "map", pairs, ...common };
  }
  if (isSeq<Node | null>(node)) {
    return { kind: "seq", items: node.items.map((item) => toTree(item, offset)), ...common };
  }
  const text = isScalar(node) ? (node.source ?? "") : "";
  return { kind: "scalar", text, isPlain: !isScalar(node) || node.type === "PLAIN", ...common };
}
