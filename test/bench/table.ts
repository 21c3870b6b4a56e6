// The bench's result as text.
import type { Figure, Row } from "./figure.ts";
import { keepsBound } from "./figure.ts";
import type { MachineFacts } from "./machine.ts";

export interface Result {
  readonly figure: Pick<Figure, "name" | "title">;
  readonly rows: readonly Row[];
}

export function renderTable(machine: MachineFacts, results: readonly Result[]): string {
  const facts = Object.entries(machine).map(([name, value]) => `${name} ${value}`);
  const lines = [facts.join(", "), ""];
  for (const { figure, rows } of results) {
    lines.push(`${figure.name}: ${figure.title}`);
    const width = Math.max(...rows.map((row) => row.what.length));
    for (const row of rows) lines.push(`  ${row.what.padEnd(width)}  ${renderRow(row)}`);
    lines.push("");
  }
  return lines.join("\n");
}

function renderRow(row: Row): string {
  const value = `${round(row.value)} ${row.unit}`.padEnd(18);
  if (row.bound === undefined) return value.trimEnd();
  const bound = `${row.bound.kind} ${row.bound.limit} ${row.unit}`;
  return `${value} ${keepsBound(row) ? "kept" : "MISSED"}: ${bound}`;
}

function round(value: number): string {
  if (Math.abs(value) >= 1000) return value.toFixed(0);
  return value.toPrecision(3);
}
