// Gives a YAML tree its meaning: scalars, aliases, merge keys, duplicate keys, positions.
import type { Converted } from "./converted.ts";
import { fromEntries, isMapping, joinLists } from "./converted.ts";
import type { Locate } from "./document.ts";
import type { Problem } from "./errors.ts";
import { problem, UserError } from "./errors.ts";
import { describeSurprise, tooDeep } from "./yaml-problems.ts";
import { resolvePlain } from "./yaml-scalar.ts";
import { fitsTag, renderTag, standardTag } from "./yaml-tag.ts";
import type { AliasNode, ListNode, MappingNode, ScalarNode, YamlNode } from "./yaml-tree.ts";

export interface ConvertOptions {
  readonly locate: Locate;
  readonly maxDepth: number;
  readonly joinable: readonly string[];
}

const MAX_ALIASED_VALUES = 10_000;

export function convertTree(
  tree: YamlNode,
  options: ConvertOptions,
): Converted & { readonly problems: readonly Problem[] } {
  const converter = new Converter(options);
  const converted = converter.convert(tree, 0);
  return { ...converted, problems: converter.problems };
}

class Converter {
  readonly problems: Problem[] = [];
  readonly #anchors = new Map<string, YamlNode>();
  readonly #targets = new Map<YamlNode, YamlNode>();
  readonly #open = new Set<YamlNode>();
  readonly #options: ConvertOptions;
  #aliasDepth = 0;
  #aliased = 0;

  constructor(options: ConvertOptions) {
    this.#options = options;
  }

  convert(node: YamlNode, depth: number): Converted {
    const { locate, maxDepth } = this.#options;
    if (depth > maxDepth) throw tooDeep(maxDepth, locate(node.offset));
    if (this.#aliasDepth > 0) this.#countAliased(node);
    this.#remember(node);
    if (node.kind === "alias") return this.#alias(node, depth);
    if (node.kind === "scalar") return this.#scalar(node);
    if (node.tag !== null && standardTag(node.tag) !== node.kind) this.#badTag(node);
    this.#open.add(node);
    const converted = node.kind === "map" ? this.#mapping(node, depth) : this.#list(node, depth);
    this.#open.delete(node);
    return converted;
  }

  // An anchor's name may be used again further down: an alias means the one above it in the text.
  #remember(node: YamlNode): void {
    if (this.#aliasDepth > 0) return;
    if (node.anchor !== null) this.#anchors.set(node.anchor, node);
    const target = node.kind === "alias" ? this.#anchors.get(node.name) : undefined;
    if (target) this.#targets.set(node, target);
  }

  // Each use of an alias is a copy of its own, so that nothing behind the parser can grow exponentially.
  #countAliased(node: YamlNode): void {
    this.#aliased += 1;
    if (this.#aliased <= MAX_ALIASED_VALUES) return;
    const place = this.#options.locate(node.offset);
    const remedy = "write the values out instead of repeating anchors";
    const message = `its aliases stand for more than ${MAX_ALIASED_VALUES} values`;
    throw new UserError("usage", problem(message, { place, remedy }));
  }

  #alias(node: AliasNode, depth: number): Converted {
    const target = this.#targets.get(node);
    if (target === undefined || this.#open.has(target)) {
      const what = target === undefined ? "has no anchor above it" : "contains itself";
      this.#error(`an alias (\`*\`) ${what}`, node, "quote the text if no alias is meant");
      return { value: null, position: { offset: node.offset, parts: null } };
    }
    this.#aliasDepth += 1;
    const converted = this.convert(target, depth);
    this.#aliasDepth -= 1;
    return converted;
  }

  #scalar(node: ScalarNode): Converted {
    const position = { offset: node.offset, parts: null };
    const tag = node.tag === null ? null : (standardTag(node.tag) ?? node.tag);
    const isText = tag === null ? !node.isPlain : tag === "str" || tag === "!";
    if (isText) return { value: node.text, position };
    const { value, surprise, isTooLarge } = resolvePlain(node.text);
    if (tag !== null && !fitsTag(tag, value)) this.#badTag(node);
    if (isTooLarge) this.#error("an integer is too large to keep exactly", node, "quote it");
    if (surprise) {
      this.problems.push(describeSurprise(surprise, this.#options.locate(node.offset)));
    }
    return { value, position };
  }

  #list(node: ListNode, depth: number): Converted {
    const items = node.items.map((item) => this.convert(item, depth + 1));
    const parts = new Map(items.map(({ position }, index) => [index, position]));
    return {
      value: items.map(({ value }) => value),
      position: { offset: node.offset, parts },
    };
  }

  #mapping(node: MappingNode, depth: number): Converted {
    const own = new Map<string, Converted>();
    const merged = new Map<string, Converted>();
    for (const { key, value } of node.pairs) {
      if (key.kind === "scalar" && key.isPlain && key.tag === null && key.text === "<<") {
        this.#merge(value, depth, merged);
        continue;
      }
      const name = this.#key(key);
      if (name === null) continue;
      const { value: converted, position } = this.convert(value, depth + 1);
      const entry = { value: converted, position: { ...position, offset: key.offset } };
      const earlier = own.get(name);
      if (earlier === undefined) own.set(name, entry);
      else own.set(name, this.#duplicate(name, earlier, entry, depth));
    }
    for (const [name, entry] of merged) if (!own.has(name)) own.set(name, entry);
    return fromEntries(own, node.offset);
  }

  /** Adds the mappings that `<<` names; earlier ones win. */
  #merge(node: YamlNode, depth: number, into: Map<string, Converted>): void {
    const { value, position } = this.convert(node, depth + 1);
    const sources = Array.isArray(value)
      ? value.map((item: unknown, index) => [item, position.parts?.get(index)] as const)
      : [[value, position] as const];
    for (const [source, at] of sources) {
      if (!isMapping(source)) {
        this.#error(
          "`<<` needs a mapping or a list of mappings",
          node,
          "quote the key if text is meant",
        );
        continue;
      }
      for (const [name, item] of Object.entries(source)) {
        if (into.has(name)) continue;
        into.set(name, { value: item, position: at?.parts?.get(name) ?? position });
      }
    }
  }

  #key(node: YamlNode): string | null {
    if (node.kind === "alias" || node.kind === "map" || node.kind === "seq") {
      this.#error("a key must be plain text", node, "quote the key, or look for a stray bracket");
      return null;
    }
    if (node.text === "__proto__" || (node.text === "" && node.isPlain)) {
      const what = node.text === "" ? "a key is empty" : "the key __proto__ is refused";
      this.#error(what, node, "remove it");
      return null;
    }
    this.#remember(node);
    return node.text;
  }

  #duplicate(name: string, earlier: Converted, later: Converted, depth: number): Converted {
    const place = this.#options.locate(later.position.offset);
    const first = this.#options.locate(earlier.position.offset).line;
    const isJoined =
      depth === 0 &&
      this.#options.joinable.includes(name) &&
      Array.isArray(earlier.value) &&
      Array.isArray(later.value);
    if (!isJoined) {
      const remedy = "remove one of the two, or join them";
      this.problems.push(
        problem(`the key ${name} already stands in line ${first}`, { place, remedy }),
      );
      return later;
    }
    const message = `a second \`${name}:\` list is read as part of the one in line ${first}`;
    this.problems.push({ severity: "notice", message, place, remedy: "make it one list" });
    return joinLists(earlier, later);
  }

  #badTag(node: YamlNode): void {
    const tag = renderTag(node.tag ?? "");
    this.#error(`the tag ${tag} is refused`, node, "remove it; only plain data belongs here");
  }

  #error(message: string, node: YamlNode, remedy: string): void {
    this.problems.push(problem(message, { place: this.#options.locate(node.offset), remedy }));
  }
}
