// Plain data as parsed: mappings without a prototype, lists, scalars. Never changed in place.
import type { YamlPath } from "../core/document.ts";

export type Mapping = Readonly<Record<string, unknown>>;

export function isMapping(value: unknown): value is Mapping {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Without a prototype, so that no key can reach one. */
export function toMapping(entries: Iterable<readonly [string, unknown]>): Mapping {
  const mapping: Record<string, unknown> = Object.create(null);
  for (const [key, value] of entries) mapping[key] = value;
  return mapping;
}

export function getOwn(value: unknown, key: string): unknown {
  return isMapping(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

export function getAt(value: unknown, path: YamlPath): unknown {
  let current = value;
  for (const part of path) {
    current =
      typeof part === "number" && Array.isArray(current)
        ? current[part]
        : getOwn(current, String(part));
  }
  return current;
}

/** A mapping's entries; none for anything else. */
export function entriesOf(value: unknown): [string, unknown][] {
  return isMapping(value) ? Object.entries(value) : [];
}

/** A list's items; none for anything else. */
export function itemsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Calls `visit` for each scalar, in document order; what it returns takes the scalar's place. */
export function mapScalars(
  value: unknown,
  visit: (scalar: unknown, path: YamlPath) => unknown,
  path: YamlPath = [],
): unknown {
  if (Array.isArray(value))
    return value.map((item, index) => mapScalars(item, visit, [...path, index]));
  if (isMapping(value)) {
    return toMapping(
      entriesOf(value).map(([key, item]) => [key, mapScalars(item, visit, [...path, key])]),
    );
  }
  return visit(value, path);
}

/** A copy with `value` under `key`; `undefined` leaves the key out. */
export function withKey(mapping: Mapping, key: string, value: unknown): Mapping {
  const others = entriesOf(mapping).filter(([name]) => name !== key);
  if (value === undefined) return toMapping(others);
  if (!Object.hasOwn(mapping, key)) return toMapping([...others, [key, value]]);
  return toMapping(entriesOf(mapping).map(([name, old]) => [name, name === key ? value : old]));
}
