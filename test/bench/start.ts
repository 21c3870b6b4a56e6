// `worker start` to the worker's first answer, against bare LiteLLM of the same runtime to its first answer.
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { randomBytes } from "node:crypto";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

import { pickPort } from "../../src/platform/port.ts";
import { startCli } from "../fixtures/cli.ts";
import type { TestHome } from "../fixtures/home.ts";
import { createHome } from "../fixtures/home.ts";
import { now } from "./clock.ts";
import type { BenchContext, Figure, Row } from "./figure.ts";
import { atMost } from "./figure.ts";
import { alternate, median, ratio } from "./statistics.ts";

const ANSWER = "pong of the bench";
export const CLIENT = [
  process.execPath,
  fileURLToPath(new URL("./first-answer.js", import.meta.url)),
  ANSWER,
];
const KEY_NAME = "SIDELITE_BENCH_KEY";

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

export async function prepareHome(key: string): Promise<TestHome> {
  const home = await createHome({ env: { [KEY_NAME]: key } });
  const model = { model: "openai/bench", api_key: "none", mock_response: ANSWER };
  await home.write(
    "litellm.yaml",
    JSON.stringify({
      model_list: [{ model_name: "bench", litellm_params: model }],
      general_settings: { master_key: `os.environ/${KEY_NAME}` },
    }),
  );
  return home;
}

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

/** From the spawn of litellm to the answer in a client that was started with it, ms. */
export async function startBare(
  context: BenchContext,
  home: TestHome,
  key: string,
): Promise<number> {
  const port = await pickPort(null);
  const args = ["--config", "litellm.yaml", "--host", "127.0.0.1", "--port", String(port)];
  const env = { ...home.env, LITELLM_LOCAL_MODEL_COST_MAP: "True" };
  const from = now();
  const litellm = spawn(context.runtime.bin("litellm"), args, {
    cwd: home.cwd,
    env,
    stdio: "ignore",
  });
  const [file = "", ...rest] = CLIENT;
  const client = spawn(file, rest, {
    env: { ...home.env, LITELLM_API_BASE: `http://127.0.0.1:${port}`, LITELLM_API_KEY: key },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const died = once(litellm, "exit").then(([code]) => {
    client.kill();
    return code;
  });
  const output = await text(client.stdout);
  await stop(litellm);
  if (output === "") throw new Error(`bare litellm gave no answer; it ended with ${await died}`);
  return answeredAt(output) - from;
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  await ended;
}

export function answeredAt(output: string): number {
  const match = /answered at ([\d.]+)/.exec(output);
  if (match?.[1] === undefined) throw new Error(`no answer in:\n${output}`);
  return Number(match[1]);
}
