// How long the commands take that look at a running instance, against `node -e 0`.
import { PROGRAM, runCli } from "../fixtures/cli.ts";
import { createHome } from "../fixtures/home.ts";
import { timeSpawns } from "./cli.ts";
import type { BenchContext, Figure, Row } from "./figure.ts";
import { atMost } from "./figure.ts";
import { alternate, median, ratio } from "./statistics.ts";

const COMMANDS = ["worker status", "worker list", "env"];

export const instances: Figure = {
  name: "instances",
  title: "status, list and env of a running instance, against `node -e 0`",
  async measure(context: BenchContext): Promise<Row[]> {
    const home = await createHome();
    try {
      const model = { model: "openai/bench", api_key: "none", mock_response: "pong" };
      const config = { model_list: [{ model_name: "bench", litellm_params: model }] };
      await home.write("litellm.yaml", JSON.stringify(config));
      const flags = ["--queue-id", "bench", "--proxy-config-file", "litellm.yaml"];
      const worker = [process.execPath, "-e", "setTimeout(() => {}, 1e9)"];
      const args = ["worker", "start", "--daemon", ...flags, "--", ...worker];
      const { code, stderr } = await runCli(home, args);
      if (code !== 0) throw new Error(`worker start ended with ${code}:\n${stderr}`);
      const sides = [
        { name: "node", measure: () => timeSpawns(home, ["-e", "0"]) },
        ...COMMANDS.map((name) => ({
          name,
          measure: () => timeSpawns(home, [PROGRAM, ...name.split(" ")]),
        })),
      ];
      for (const side of sides) await side.measure();
      const values = await alternate(sides, context.rounds, context.say);
      return [
        { what: "node -e 0", value: median(values.get("node") ?? []), unit: "ms" },
        ...COMMANDS.map((name) => ({
          what: `${name} / node -e 0`,
          value: ratio(values, name, "node"),
          unit: "x",
          bound: atMost(2),
        })),
      ];
    } finally {
      await runCli(home, ["worker", "stop", "--all", "--force"]);
      await home.stopAll();
      await home.remove();
    }
  },
};
