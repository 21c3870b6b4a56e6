// A second `run` of one configuration to its command's first answer, against bare LiteLLM's boot to its first answer.
import { randomBytes } from "node:crypto";

import { runCli, startCli } from "../fixtures/cli.ts";
import type { TestHome } from "../fixtures/home.ts";
import { now } from "./clock.ts";
import type { BenchContext, Figure, Row } from "./figure.ts";
import { atMost } from "./figure.ts";
import { answeredAt, CLIENT, prepareHome, startBare } from "./bare-litellm.ts";
import { alternate, median, ratio } from "./statistics.ts";

const CONFIG = ["--proxy-config-file", "litellm.yaml"];

export const join: Figure = {
  name: "join",
  title: "run beside a running instance to its command's first answer, against bare litellm",
  async measure(context: BenchContext): Promise<Row[]> {
    const key = `sk-${randomBytes(16).toString("hex")}`;
    const home = await prepareHome(key);
    try {
      const started = await runCli(home, ["proxy", "start", "--daemon", ...CONFIG]);
      if (started.code !== 0) throw new Error(`proxy start failed:\n${started.stderr}`);
      const sides = [
        { name: "bare", measure: () => startBare(context, home, key) },
        { name: "join", measure: () => runJoined(home) },
      ];
      for (const side of sides) await side.measure();
      const values = await alternate(sides, context.rounds, context.say);
      return [
        { what: "bare litellm", value: median(values.get("bare") ?? []), unit: "ms" },
        { what: "joined run", value: median(values.get("join") ?? []), unit: "ms" },
        {
          what: "joined run / bare",
          value: ratio(values, "join", "bare"),
          unit: "x",
          bound: atMost(0.2),
        },
      ];
    } finally {
      await runCli(home, ["proxy", "stop", "--all", "--force"]);
      await home.stopAll();
      await home.remove();
    }
  },
};

/** From the spawn of sidelite to the answer in its command, ms. */
async function runJoined(home: TestHome): Promise<number> {
  const from = now();
  const { code, stdout, stderr } = await startCli(home, ["run", ...CONFIG, "--", ...CLIENT])
    .finished;
  if (code !== 0 || !stderr.includes("joined default"))
    throw new Error(`it did not join; code ${code}:\n${stderr}`);
  return answeredAt(stdout) - from;
}
