// A worker that floods its log: what it costs the supervisor, whether the worker waits, whether a line is lost.
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";

import { LOG_LIMITS } from "../../src/instance/instance-log.ts";
import { readRecord } from "../../src/state/record.ts";
import { REPOSITORY } from "../fixtures/built.ts";
import { runCli } from "../fixtures/cli.ts";
import type { TestHome } from "../fixtures/home.ts";
import { createHome } from "../fixtures/home.ts";
import { until } from "../fixtures/poll.ts";
import type { BenchContext, Figure, Row } from "./figure.ts";
import { atMost } from "./figure.ts";
import { median } from "./statistics.ts";

const FLOOD_BYTES = 1_000_000_000;
const MIB = 1024 * 1024;
const FLOOD = join(REPOSITORY, "test/bench/flood.mjs");
const LONGEST_MS = 10 * 60_000;

interface Flooded {
  readonly seconds: number;
  readonly rssMib: number;
  readonly longestMs: number;
  readonly lost: number;
  readonly diskMib: number;
}

export const logs: Figure = {
  name: "logs",
  title: "1 GB of a daemon's worker's output into worker.log",
  async measure(context: BenchContext): Promise<Row[]> {
    const runs: Flooded[] = [];
    for (let round = 0; round < context.rounds; round += 1) {
      const run = await flood();
      runs.push(run);
      context.say(`  round ${round + 1}: ${JSON.stringify(run)}`);
    }
    const of = (name: keyof Flooded): number => median(runs.map((run) => run[name]));
    const worst = (name: keyof Flooded): number => Math.max(...runs.map((run) => run[name]));
    const cap = (LOG_LIMITS.maxBytes * (LOG_LIMITS.keep + 1)) / MIB;
    return [
      { what: "1 GB written in", value: of("seconds"), unit: "s" },
      row("the supervisor's peak RSS", worst("rssMib"), "MB", 150),
      row("the worker's longest wait", worst("longestMs"), "ms", 100),
      row("lines lost of those below the cap", worst("lost"), "lines", 0),
      row("on the disk", worst("diskMib"), "MB", cap + 1),
    ];
  },
};

function row(what: string, value: number, unit: string, limit: number): Row {
  return { what, value, unit, bound: atMost(limit) };
}

async function flood(): Promise<Flooded> {
  const home = await createHome();
  try {
    const report = join(home.cwd, "report.json");
    const worker = [process.execPath, FLOOD, String(FLOOD_BYTES), report];
    const args = ["worker", "start", "--daemon", "--queue-id", "flood", "--", ...worker];
    const from = performance.now();
    const { code, stderr } = await runCli(home, args);
    if (code !== 0) throw new Error(`worker start ended with ${code}:\n${stderr}`);
    const recordPath = join(home.state, "workers/flood/instance.json");
    const pid = (await readRecord(recordPath, new Date()))?.pid ?? 0;
    let rssMib = 0;
    await until(
      async () => {
        rssMib = Math.max(rssMib, await readPeak(pid));
        return (await readRecord(recordPath, new Date()))?.state !== "running";
      },
      { what: "the flood's end", deadlineMs: LONGEST_MS, everyMs: 50 },
    );
    const seconds = (performance.now() - from) / 1000;
    const told: unknown = JSON.parse(await readFile(report, "utf8"));
    const { lines, longest } = Object(told);
    return {
      seconds,
      rssMib,
      longestMs: Number(longest),
      ...(await readLogs(home, Number(lines))),
    };
  } finally {
    await runCli(home, ["worker", "stop", "--all", "--force"]);
    await home.stopAll();
    await home.remove();
  }
}

/** Peak resident memory, MiB; 0 when the process has ended. */
async function readPeak(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  return Number(/VmHWM:\s+(\d+) kB/.exec(text)?.[1] ?? 0) / 1024;
}

/** The files hold the last lines, each of them once and in order. */
async function readLogs(home: TestHome, lines: number): Promise<{ lost: number; diskMib: number }> {
  const folder = join(home.state, "workers/flood/logs");
  const names = (await readdir(folder)).filter((name) => name.startsWith("worker.log"));
  let expected: number | null = null;
  let lost = 0;
  let bytes = 0;
  // worker.log.5 is the oldest.
  for (const name of names.toSorted((a, b) => b.localeCompare(a))) {
    bytes += (await stat(join(folder, name))).size;
    for (const [, number] of (await readFile(join(folder, name), "latin1")).matchAll(
      /^line (\d{9}) x{84}$/gm,
    )) {
      if (expected !== null && Number(number) !== expected)
        lost += Math.abs(Number(number) - expected);
      expected = Number(number) + 1;
    }
  }
  return { lost: lost + lines - (expected ?? 0), diskMib: bytes / MIB };
}
