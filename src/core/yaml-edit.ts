// Changes single values of a YAML text and keeps the rest: comments, order, unknown keys, how values are written.
import type { Change } from "./change.ts";
import { applyChanges, BadPath, isSameData } from "./change.ts";
import { isMapping } from "./converted.ts";
import type { YamlPath } from "./document.ts";
import { problem, UserError } from "./errors.ts";
import { resolvePlain } from "./yaml-scalar.ts";
import type { Document, Node, Pair, YAMLMap, YAMLSeq } from "./yaml.ts";
import { styleOf } from "./yaml-style.ts";
import { isMap, isScalar, isSeq, openYaml, parseYaml } from "./yaml.ts";

export interface EditOptions {
  /** As parseYaml; here the second list really becomes part of the first. */
  readonly joinDuplicateLists?: readonly string[];
}

/**
 * The new text, read again and compared with what the changes make of the data. Throws UserError("usage"): the text
 * is no YAML, or the place cannot be changed without changing another (anchors, merge keys).
 */
export function editYaml(
  text: string,
  source: string,
  changes: readonly Change[],
  options: EditOptions = {},
): string {
  const before = parseYaml(text, source, options);
  try {
    const expected = applyChanges(before.value, changes);
    const document = openYaml(text, source);
    const style = styleOf(document, text);
    for (const key of options.joinDuplicateLists ?? []) joinLists(document, key);
    for (const change of changes) apply(document, change);
    const changed = restoreLineEnds(write(document, style), text);
    if (isSameData(parseYaml(changed, source).value, expected)) return changed;
  } catch (error) {
    if (!(error instanceof BadPath)) throw error;
  }
  const remedy =
    "edit it by hand: an alias (`*`), a merge key (`<<`) or a wrong type is in the way";
  const place = { source };
  throw new UserError(
    "usage",
    problem("the file cannot be changed here by a program", { place, remedy }),
  );
}

function write(document: Document, style: ReturnType<typeof styleOf>): string {
  try {
    return document.toString(style);
  } catch (error) {
    // An alias is left whose anchor is gone.
    throw new BadPath(undefined, { cause: error });
  }
}

function apply(document: Document, change: Change): void {
  const parent = descend(document, change.path.slice(0, -1));
  const last = change.path.at(-1);
  if (last === undefined || (!isMap(parent) && !isSeq(parent))) throw new BadPath();
  if (change.kind === "remove") {
    parent.delete(last);
    return;
  }
  const order = change.order ?? [];
  const node = toNode(document, change.value);
  if (change.kind === "set") {
    if (isSeq(parent)) parent.set(last, node);
    else setKey(document, parent, String(last), node, order);
    return;
  }
  const list = parent.get(last, true);
  if (isSeq(list)) return list.add(node);
  if (!isMap(parent) || !isEmpty(list)) throw new BadPath();
  setKey(document, parent, String(last), document.createNode([]), order);
  apply(document, change);
}

/** The collection at the path; empty ones on the way become mappings. */
function descend(document: Document, path: YamlPath): Node {
  if (isEmpty(document.contents)) document.contents = document.createNode({});
  let node: unknown = document.contents;
  for (const part of path) {
    if (!isMap(node) && !isSeq(node)) throw new BadPath();
    let next: unknown = node.get(part, true);
    if (isMap(node) && isEmpty(next)) {
      next = document.createNode({});
      setKey(document, node, String(part), next, []);
    }
    node = next;
  }
  if (!isMap(node) && !isSeq(node)) throw new BadPath();
  return node;
}

/** A key that is there keeps its comments and, where it can, how its value is written. */
function setKey(
  document: Document,
  map: YAMLMap,
  key: string,
  value: unknown,
  order: readonly string[],
): void {
  const old = map.get(key, true);
  if (isScalar(old) && isScalar(value)) {
    if (value.comment === undefined && old.comment) value.comment = old.comment;
    if (value.commentBefore === undefined && old.commentBefore)
      value.commentBefore = old.commentBefore;
  }
  const pair = findPair(map, key);
  if (pair) pair.value = value;
  else {
    // An empty `{}` grows as a block.
    if (map.items.length === 0) map.flow = false;
    map.items.splice(positionOf(key, map, order), 0, document.createPair(key, value));
  }
}

/** After the last known key that belongs before it, else before the first one that belongs after it. */
function positionOf(key: string, map: YAMLMap, order: readonly string[]): number {
  const rank = order.indexOf(key);
  if (rank === -1) return map.items.length;
  const ranks = map.items.map((pair) => order.indexOf(keyOf(pair)));
  const before = ranks.findLastIndex((other) => other !== -1 && other < rank);
  if (before !== -1) return before + 1;
  const after = ranks.findIndex((other) => other > rank);
  return after === -1 ? map.items.length : after;
}

function joinLists(document: Document, key: string): void {
  const root = document.contents;
  if (!isMap(root)) return;
  const [first, ...others] = root.items.filter((pair) => keyOf(pair) === key);
  if (!first || others.length === 0) return;
  for (const pair of others) {
    if (!isSeq(first.value) || !isSeq(pair.value)) throw new BadPath();
    keepComments(pair, pair.value);
    first.value.items.push(...pair.value.items);
    root.items.splice(root.items.indexOf(pair), 1);
  }
}

/** What stood above the second list stands above its first item. */
function keepComments(pair: Pair, list: YAMLSeq): void {
  const [head] = list.items;
  if (!isMap(head) && !isScalar(head) && !isSeq(head)) return;
  const keyComment = isScalar(pair.key) ? pair.key.commentBefore : undefined;
  const comments = [keyComment, list.commentBefore, head.commentBefore].filter(Boolean);
  if (comments.length > 0) head.commentBefore = comments.join("\n");
}

function toNode(document: Document, value: unknown): Node {
  if (Array.isArray(value)) {
    const list: YAMLSeq = document.createNode([]);
    for (const item of value) list.add(toNode(document, item));
    return list;
  }
  if (isMapping(value)) {
    const map = document.createNode({});
    for (const [key, item] of Object.entries(value))
      setKey(document, map, key, toNode(document, item), []);
    return map;
  }
  const scalar = document.createNode(String(value));
  if (typeof value !== "string") return scalar;
  // Words and numbers of YAML 1.1 stay text for every reader.
  if (value.includes("\n")) scalar.type = "BLOCK_LITERAL";
  else if (resolvePlain(value).value !== value) scalar.type = "QUOTE_DOUBLE";
  return scalar;
}

function findPair(map: YAMLMap, key: string): Pair | undefined {
  return map.items.find((pair) => keyOf(pair) === key);
}

function keyOf({ key }: Pair): string {
  return isScalar(key) ? String(key.value) : "";
}

/** Nothing is written there, or a word for nothing. */
function isEmpty(node: unknown): boolean {
  if (node === undefined || node === null) return true;
  return isScalar(node) && node.type === "PLAIN" && resolvePlain(node.source ?? "").value === null;
}

function restoreLineEnds(changed: string, before: string): string {
  return before.includes("\r\n") ? changed.replaceAll("\n", "\r\n") : changed;
}
