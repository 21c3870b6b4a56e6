// How long the short commands take, and how soon the gateway listens, against `node -e 0`.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

import { pickPort } from "../../src/platform/port.ts";
import { PROGRAM, startCli } from "../fixtures/cli.ts";
import type { TestHome } from "../fixtures/home.ts";
import { createHome } from "../fixtures/home.ts";
import { accepts } from "./accepts.ts";
import type { BenchContext, Figure, Row } from "./figure.ts";
import { atMost } from "./figure.ts";
import { alternate, median, ratio } from "./statistics.ts";

/** Runs of one side in one round: one spawn of 40 ms is too noisy a sample. */
const SPAWNS = 8;
const FILE = "litellm.yaml";
const LISTENING_MS = 10_000;

export const cli: Figure = {
  name: "cli",
  title:
    "--version, --help, validate, completion and the gateway's first listening, against `node -e 0`",
  async measure(context: BenchContext): Promise<Row[]> {
    const home = await createHome();
    try {
      await writeConfig(home);
      const sides = [
        { name: "node", measure: () => timeSpawns(home, ["-e", "0"]) },
        { name: "version", measure: () => timeSpawns(home, [PROGRAM, "--version"]) },
        { name: "help", measure: () => timeSpawns(home, [PROGRAM, "--help"]) },
        { name: "validate", measure: () => timeSpawns(home, [PROGRAM, "validate", FILE]) },
        { name: "complete", measure: () => timeSpawns(home, [PROGRAM, "__complete", "contexts"]) },
        { name: "listening", measure: () => timeListening(home) },
      ];
      for (const side of sides) await side.measure();
      const values = await alternate(sides, context.rounds, context.say);
      return [
        { what: "node -e 0", value: median(values.get("node") ?? []), unit: "ms" },
        ratioRow("--version", ratio(values, "version", "node"), 1.5),
        ratioRow("--help", ratio(values, "help", "node"), 1.5),
        ratioRow("validate", ratio(values, "validate", "node"), 4),
        ratioRow("Tab (a context's name)", ratio(values, "complete", "node"), 5),
        ratioRow("gateway listening", ratio(values, "listening", "node"), 5),
      ];
    } finally {
      await home.remove();
    }
  },
};

function ratioRow(what: string, value: number, limit: number): Row {
  return { what: `${what} / node -e 0`, value, unit: "x", bound: atMost(limit) };
}

async function writeConfig(home: TestHome): Promise<void> {
  const model = { model: "openai/bench", api_key: "none", mock_response: "pong" };
  const config = { model_list: [{ model_name: "bench", litellm_params: model }] };
  await home.write(FILE, JSON.stringify(config));
  const contexts = [{ name: "dev", context: {} }];
  await home.write(join(home.state, "config"), JSON.stringify({ contexts }));
}

/** Median of some runs from spawn to exit, ms. */
export async function timeSpawns(home: TestHome, args: readonly string[]): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < SPAWNS; run += 1) {
    const from = performance.now();
    const child = spawn(process.execPath, args, { cwd: home.cwd, env: home.env, stdio: "ignore" });
    const [code] = await once(child, "exit");
    times.push(performance.now() - from);
    if (code !== 0) throw new Error(`node ${args.join(" ")} ended with ${code}`);
  }
  return median(times);
}

/** From the program's spawn to the first accepted connection at its gateway, ms. */
async function timeListening(home: TestHome): Promise<number> {
  const port = await pickPort(null);
  const flags = ["--queue-id", "bench", "--proxy-config-file", FILE];
  const worker = [process.execPath, "-e", "setTimeout(() => {}, 1e9)"];
  const from = performance.now();
  const args = ["worker", "start", ...flags, "--proxy-port", String(port), "--", ...worker];
  const program = startCli(home, args);
  while (!(await accepts(port))) {
    if (performance.now() - from > LISTENING_MS)
      throw new Error(`no gateway:\n${program.stderr()}`);
    await delay(1);
  }
  const took = performance.now() - from;
  await program.stop();
  return took;
}
