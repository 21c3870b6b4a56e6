// Changes of a document, and what they make of plain data: the measure for who changes its text.
import { isMapping } from "./converted.ts";
import type { YamlPath } from "./document.ts";

export type Change =
  /** `append` is to a list, which is made if there is none. `order` says where a new key goes among known ones. */
  | {
      readonly kind: "set" | "append";
      /** Mappings on the way are made. */
      readonly path: YamlPath;
      readonly value: unknown;
      readonly order?: readonly string[];
    }
  | { readonly kind: "remove"; readonly path: YamlPath };

/** The path leads through something that is no mapping, or into a list beyond its end. */
export class BadPath extends Error {
  override readonly name = "BadPath";
}

/** A changed copy; `data` null is an empty document. */
export function applyChanges(data: unknown, changes: readonly Change[]): unknown {
  return changes.reduce<unknown>(
    (current, change) => changeAt(current, change.path, change),
    data ?? {},
  );
}

function changeAt(current: unknown, [part, ...rest]: YamlPath, change: Change): unknown {
  if (part === undefined) return changed(current, change);
  const isLast = rest.length === 0;
  if (typeof part === "number") {
    if (!Array.isArray(current) || part >= current.length) throw new BadPath();
    if (isLast && change.kind === "remove") return current.toSpliced(part, 1);
    return current.with(part, changeAt(current[part], rest, change));
  }
  const mapping = current ?? {};
  if (!isMapping(mapping)) throw new BadPath();
  const entries = new Map(Object.entries(mapping));
  if (isLast && change.kind === "remove") entries.delete(part);
  else entries.set(part, changeAt(entries.get(part), rest, change));
  return toMapping(entries);
}

function changed(current: unknown, change: Change): unknown {
  if (change.kind === "set") return change.value;
  if (change.kind === "remove") throw new BadPath();
  const list = current ?? [];
  if (!Array.isArray(list)) throw new BadPath();
  return [...list, change.value];
}

function toMapping(entries: ReadonlyMap<string, unknown>): Record<string, unknown> {
  const mapping: Record<string, unknown> = Object.create(null);
  for (const [key, value] of entries) mapping[key] = value;
  return mapping;
}

/** Whatever the order of keys. */
export function isSameData(one: unknown, other: unknown): boolean {
  if (Array.isArray(one)) {
    return (
      Array.isArray(other) &&
      one.length === other.length &&
      one.every((item, index) => isSameData(item, other[index]))
    );
  }
  if (!isMapping(one) || !isMapping(other)) return Object.is(one, other);
  const keys = Object.keys(one);
  return (
    keys.length === Object.keys(other).length &&
    keys.every((key) => Object.hasOwn(other, key) && isSameData(one[key], other[key]))
  );
}
