// LiteLLM on the bench's mock model: by its own command, or through sidelite.
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";

import { importEnvironment } from "../../src/litellm/import-environment.ts";
import { pickPort } from "../../src/platform/port.ts";
import type { Runtime } from "../../src/runtime/runtime.ts";
import { runCli, startCli } from "../fixtures/cli.ts";
import type { TestHome } from "../fixtures/home.ts";

export interface Served {
  readonly url: string;
  readonly key: string;
  /** Of the processes that serve, the latest last. */
  pids(): Promise<number[]>;
  stop(): Promise<void>;
}

const KEY_NAME = "SIDELITE_BENCH_KEY";
const READY_MS = 60_000;

/** Its own command in the quiet environment that sidelite gives it, too. */
export async function serveAlone(
  home: TestHome,
  runtime: Runtime,
  answer: string,
): Promise<Served> {
  const key = `sk-${randomBytes(16).toString("hex")}`;
  const config = await writeConfig(home, "alone", answer, {
    general_settings: { master_key: `os.environ/${KEY_NAME}` },
  });
  const port = await pickPort(null);
  const args = ["--config", config, "--host", "127.0.0.1", "--port", String(port)];
  const child = spawn(runtime.bin("litellm"), args, {
    cwd: home.cwd,
    env: { ...home.env, ...importEnvironment(home.env, []), [KEY_NAME]: key },
    stdio: "ignore",
  });
  const url = `http://127.0.0.1:${port}`;
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    await ended;
  };
  const from = performance.now();
  while (!(await isReady(url))) {
    if (performance.now() - from > READY_MS || child.exitCode !== null) {
      await stop();
      throw new Error("litellm did not come up");
    }
    await delay(50);
  }
  return { url, key, pids: () => Promise.resolve([child.pid ?? 0]), stop };
}

/** `most`: null leaves it to sidelite. */
export async function serveThrough(
  home: TestHome,
  name: string,
  answer: string,
  most: number | null,
): Promise<Served> {
  const sidelite = most === null ? {} : { sidelite: { "max-generations": most } };
  const config = await writeConfig(home, name, answer, sidelite);
  const program = startCli(home, [
    ...["proxy", "start", "--name", name],
    ...["--proxy-config-file", config],
  ]);
  const read = async (variable: string): Promise<string> => {
    const exported = new RegExp(`${variable}=["']?([^"'\\s;]+)["']?\\n`);
    const [, value = ""] = await program.waitFor(exported, READY_MS);
    return value;
  };
  return {
    url: await read("LITELLM_API_BASE"),
    key: await read("LITELLM_API_KEY"),
    pids: async () => {
      const { stdout } = await runCli(home, ["proxy", "status", name, "--json"]);
      const {
        instance,
      }: { instance: { proxy: { generations: { status: string; pid: number }[] } } } =
        JSON.parse(stdout);
      const serving = instance.proxy.generations.filter((known) => known.status === "serving");
      return serving.map(({ pid }) => pid);
    },
    stop: () => program.stop(),
  };
}

async function writeConfig(
  home: TestHome,
  name: string,
  answer: string,
  more: object,
): Promise<string> {
  const model = { model: "openai/bench", api_key: "none", mock_response: answer };
  const models = [{ model_name: "bench", litellm_params: model }];
  return home.write(`${name}.yaml`, JSON.stringify({ model_list: models, ...more }));
}

async function isReady(url: string): Promise<boolean> {
  return fetch(`${url}/health/readiness`).then(
    ({ status }) => status === 200,
    () => false,
  );
}
