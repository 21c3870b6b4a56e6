// What the bench measures: a figure is some rows, each a number and perhaps the bound it must keep.
import type { Runtime } from "../../src/runtime/runtime.ts";

export interface Bound {
  readonly kind: "at most" | "at least";
  readonly limit: number;
}

export interface Row {
  readonly what: string;
  readonly value: number;
  /** "ms", "x" (a ratio of one run), "requests", "requests/s", "MB", "%". */
  readonly unit: string;
  /** Absent: told, not judged. */
  readonly bound?: Bound;
}

export interface BenchContext {
  /** The runtime that both sides use. */
  readonly runtime: Runtime;
  /** Rounds of each side; the median counts. */
  readonly rounds: number;
  /** Progress, on stderr. */
  readonly say: (line: string) => void;
}

export interface Figure {
  /** For `--only`. */
  readonly name: string;
  readonly title: string;
  /** Only when it is named. */
  readonly onRequest?: boolean;
  measure(context: BenchContext): Promise<Row[]>;
}

export function atMost(limit: number): Bound {
  return { kind: "at most", limit };
}

export function atLeast(limit: number): Bound {
  return { kind: "at least", limit };
}

export function keepsBound({ value, bound }: Row): boolean {
  if (bound === undefined) return true;
  // Not a number is a miss, whichever way the bound goes.
  return bound.kind === "at most" ? value <= bound.limit : value >= bound.limit;
}
