// How a YAML text is written: where its lists are indented, whether its brackets are padded.
import type { Document } from "./yaml.ts";
import { isMap, isPair, isSeq } from "./yaml.ts";

/** As the file is written already, so that the change shows and nothing else. */
export function styleOf(document: Document, text: string) {
  const openings = flowOpenings(document.contents, text.replace(/^\ufeff/, ""));
  return {
    lineWidth: 0,
    indentSeq: !/^[\w-]+:[ \t]*(?:#.*)?\r?\n(?:[ \t]*(?:#.*)?\r?\n)*- /m.test(text),
    flowCollectionPadding:
      !openings.some((opening) => /.\S/.test(opening)) || openings.includes("{ "),
  };
}

/** The bracket and the character behind it, of each `{...}` and `[...]` that is not empty. */
function flowOpenings(node: unknown, text: string): string[] {
  if (isPair(node)) return [node.key, node.value].flatMap((part) => flowOpenings(part, text));
  if (!isMap(node) && !isSeq(node)) return [];
  const inner = node.items.flatMap((item) => flowOpenings(item, text));
  if (node.flow !== true || node.items.length === 0 || !node.range) return inner;
  return [text.slice(node.range[0], node.range[0] + 2), ...inner];
}
