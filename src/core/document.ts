// A parsed text whose values know where they stand.
import type { Problem } from "./errors.ts";
import type { Place } from "./place.ts";

export type YamlPath = readonly (string | number)[];

/** The positions of a value's parts; a mapping's part stands where its key does. */
export interface Position {
  /** Offset in the text, UTF-16 units. */
  readonly offset: number;
  readonly parts: ReadonlyMap<string | number, Position> | null;
}

export interface ParsedDocument {
  /** Plain data; mappings have no prototype. An empty text is null. */
  readonly value: unknown;
  /** Warnings and notices: values that other readers understand differently, joined lists. */
  readonly notices: readonly Problem[];
  /** Place of the value at `path`, or of its nearest ancestor that is there. */
  place(path: YamlPath): Place;
}

export interface ParseLimits {
  readonly maxBytes?: number;
  readonly maxDepth?: number;
}

export const DEFAULT_LIMITS = { maxBytes: 1024 * 1024, maxDepth: 64 } as const;

export type Locate = (offset: number) => Place;

/** Turns offsets into line and column of `text`. */
export function createLocate(text: string, source: string): Locate {
  let starts: number[] | null = null;
  return (offset) => {
    starts ??= lineStarts(text);
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { source, line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  };
}

export function createDocument(
  value: unknown,
  root: Position,
  locate: Locate,
  notices: readonly Problem[] = [],
): ParsedDocument {
  return {
    value,
    notices,
    place: (path) => {
      let position = root;
      for (const part of path) {
        const next = position.parts?.get(part);
        if (!next) break;
        position = next;
      }
      return locate(position.offset);
    },
  };
}

/** `model_list[2].litellm_params.model`; keys that are no plain name are quoted. */
export function renderPath(path: YamlPath): string {
  let text = "";
  for (const part of path) {
    if (typeof part === "number") text += `[${part}]`;
    else if (/^[\w-]+$/.test(part)) text += text === "" ? part : `.${part}`;
    else text += `[${JSON.stringify(part)}]`;
  }
  return text;
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (const match of text.matchAll(/\r\n|\n|\r/g)) starts.push(match.index + match[0].length);
  return starts;
}
