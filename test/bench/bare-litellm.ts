// Bare LiteLLM's own command, from its spawn to a client's first answer: what the starts and restarts are measured by.
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

import { pickPort } from "../../src/platform/port.ts";
import type { TestHome } from "../fixtures/home.ts";
import { createHome } from "../fixtures/home.ts";
import { now } from "./clock.ts";
import type { BenchContext } from "./figure.ts";

export const ANSWER = "pong of the bench";
export const CLIENT = [
  process.execPath,
  fileURLToPath(new URL("./first-answer.js", import.meta.url)),
  ANSWER,
];
const KEY_NAME = "SIDELITE_BENCH_KEY";

/** A home with a configuration of one mock model. */
export async function prepareHome(
  key: string,
  env: Readonly<Record<string, string>> = {},
): Promise<TestHome> {
  const home = await createHome({ env: { [KEY_NAME]: key, ...env } });
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
