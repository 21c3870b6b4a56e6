// `worker start` to the worker's first answer, against bare LiteLLM of the same runtime to its first answer.
import { randomBytes } from "node:crypto";

import { startCli } from "../fixtures/cli.ts";
import type { TestHome } from "../fixtures/home.ts";
import { answeredAt, CLIENT, prepareHome, startBare } from "./bare-litellm.ts";
import { now } from "./clock.ts";
import type { BenchContext, Figure, Row } from "./figure.ts";
import { atMost } from "./figure.ts";
import { alternate, median, ratio } from "./statistics.ts";

export const start: Figure = {
  name: "start",
  title: "worker start to the worker's first answer, LiteLLM's boot inside, against bare litellm",
  async measure(context: BenchContext): Promise<Row[]> {
    const key = `sk-${randomBytes(16).toString("hex")}`;
    const known = await prepareHome(key);
    try {
      const sides = [
        { name: "bare", measure: () => startBare(context, known, key) },
        { name: "sidelite", measure: () => startWorker(known) },
        { name: "new configuration", measure: () => startInNewHome(key) },
      ];
      // Warm disk and .pyc files on both sides; the configuration of `known` has been ready from here on.
      for (const side of sides.slice(0, 2)) await side.measure();
      const values = await alternate(sides, context.rounds, context.say);
      return [
        { what: "bare litellm", value: median(values.get("bare") ?? []), unit: "ms" },
        { what: "worker start", value: median(values.get("sidelite") ?? []), unit: "ms" },
        {
          what: "worker start / bare",
          value: ratio(values, "sidelite", "bare"),
          unit: "x",
          bound: atMost(0.7),
        },
        {
          what: "the same, configuration never started before",
          value: ratio(values, "new configuration", "bare"),
          unit: "x",
          bound: atMost(0.7),
        },
      ];
    } finally {
      await known.remove();
    }
  },
};

async function startInNewHome(key: string): Promise<number> {
  const home = await prepareHome(key);
  try {
    return await startWorker(home);
  } finally {
    await home.remove();
  }
}

/** From the spawn of sidelite to the answer in its worker, ms. */
async function startWorker(home: TestHome): Promise<number> {
  const from = now();
  const flags = ["worker", "start", "--queue-id", "bench", "--proxy-config-file", "litellm.yaml"];
  const { code, stdout, stderr } = await startCli(home, [...flags, "--", ...CLIENT]).finished;
  if (code !== 0) throw new Error(`worker start ended with ${code}:\n${stderr}`);
  return answeredAt(stdout) - from;
}
