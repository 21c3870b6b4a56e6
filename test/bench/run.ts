// Measures every figure but those on request, prints the table, fails where a bound is missed. `--json`, `--only NAME`, `--rounds N`.
import { parseArgs } from "node:util";

import { ensureBuilt } from "../fixtures/built.ts";
import { cli } from "./cli.ts";
import { crash } from "./crash.ts";
import { direct } from "./direct.ts";
import { elastic } from "./elastic.ts";
import type { BenchContext, Figure } from "./figure.ts";
import { keepsBound } from "./figure.ts";
import { gateway } from "./gateway.ts";
import { gatewayLoad } from "./gateway-load.ts";
import { instances } from "./instances.ts";
import { join } from "./join.ts";
import { logs } from "./logs.ts";
import { loss } from "./loss.ts";
import { readMachineFacts } from "./machine.ts";
import { peers } from "./peers.ts";
import { benchRuntime } from "./runtime.ts";
import { start } from "./start.ts";
import { stop } from "./stop.ts";
import type { Result } from "./table.ts";
import { renderTable } from "./table.ts";

const FIGURES: readonly Figure[] = [
  start,
  crash,
  cli,
  instances,
  join,
  stop,
  logs,
  gateway,
  gatewayLoad,
  direct,
  loss,
  elastic,
  peers,
];

const { values } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    only: { type: "string", multiple: true },
    rounds: { type: "string", default: "5" },
  },
});
const unknown = (values.only ?? []).filter(
  (name) => !FIGURES.some((figure) => figure.name === name),
);
if (unknown.length > 0) {
  const names = FIGURES.map((figure) => figure.name).join(", ");
  throw new Error(`no figure ${unknown.join(", ")}; there are ${names}`);
}

const say = (line: string): void => void process.stderr.write(`${line}\n`);
await ensureBuilt(say);
const runtime = await benchRuntime(say);
const context: BenchContext = { runtime, rounds: Number(values.rounds), say };
const results: Result[] = [];
for (const figure of FIGURES) {
  const isWanted = values.only?.includes(figure.name) ?? figure.onRequest !== true;
  if (!isWanted) continue;
  say(`${figure.name}: ${figure.title}`);
  results.push({ figure, rows: await figure.measure(context) });
}
const machine = await readMachineFacts(runtime);
const missed = results.flatMap((result) => result.rows.filter((row) => !keepsBound(row)));
if (values.json) {
  const figures = results.map(({ figure, rows }) => ({
    name: figure.name,
    title: figure.title,
    rows: rows.map((row) => ({ ...row, kept: keepsBound(row) })),
  }));
  process.stdout.write(`${JSON.stringify({ schemaVersion: 1, machine, figures }, null, 2)}\n`);
} else {
  process.stdout.write(renderTable(machine, results));
}
if (missed.length > 0) {
  say(`missed: ${missed.map((row) => row.what).join("; ")}`);
  process.exitCode = 1;
}
