// A converted value with the positions of its parts, and how such values are put together.
import type { Position } from "./document.ts";

export interface Converted {
  readonly value: unknown;
  readonly position: Position;
}

/** A mapping without a prototype. */
export function fromEntries(entries: ReadonlyMap<string, Converted>, offset: number): Converted {
  const value: Record<string, unknown> = Object.create(null);
  const parts = new Map<string, Position>();
  for (const [name, entry] of entries) {
    value[name] = entry.value;
    parts.set(name, entry.position);
  }
  return { value, position: { offset, parts } };
}

/** A value that is no list counts as an empty one. */
export function joinLists(first: Converted, second: Converted): Converted {
  const parts = new Map(first.position.parts);
  for (const position of second.position.parts?.values() ?? []) parts.set(parts.size, position);
  return {
    value: [...items(first), ...items(second)],
    position: { offset: first.position.offset, parts },
  };
}

export function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function items({ value }: Converted): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
