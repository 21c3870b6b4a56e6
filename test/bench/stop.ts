// How long an end takes: idle, with open streams, while LiteLLM boots, and after a SIGKILL of the supervisor.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

import { findByCookie, restoreCookie } from "../../src/platform/cookie.ts";
import { pickPort } from "../../src/platform/port.ts";
import { readRecord } from "../../src/state/record.ts";
import type { CliProcess } from "../fixtures/cli.ts";
import { startCli } from "../fixtures/cli.ts";
import { startFakeProvider } from "../fixtures/fake-provider.ts";
import type { TestHome } from "../fixtures/home.ts";
import { createHome } from "../fixtures/home.ts";
import { until } from "../fixtures/poll.ts";
import { timeSpawns } from "./cli.ts";
import type { BenchContext, Figure, Row } from "./figure.ts";
import { atMost } from "./figure.ts";
import { alternate, median } from "./statistics.ts";

const FLAGS = ["--proxy-config-file", "litellm.yaml"];
/** LiteLLM's grace for open streams. */
const GRACE_MS = 10_000;
/** Into LiteLLM's import, which takes some seconds. */
const BOOTING_MS = 700;
/** A worker whose child has left its session and group. */
const ESCAPE = `const { spawn } = require("node:child_process");
const child = spawn(process.execPath, ["-e", "setTimeout(() => {}, 1e9)"], { detached: true, stdio: "ignore" });
child.unref(); console.log("escaped " + child.pid); setTimeout(() => {}, 1e9);`;

export const stop: Figure = {
  name: "stop",
  title:
    "from TERM to the exit of `proxy start`, against bare uvicorn; after a SIGKILL all is gone",
  async measure(context: BenchContext): Promise<Row[]> {
    const home = await createHome();
    const provider = await startFakeProvider();
    provider.behave({ stallAfter: 1 });
    try {
      const model = { model: "openai/bench", api_key: "none", api_base: `${provider.url}/v1` };
      const config = { model_list: [{ model_name: "bench", litellm_params: model }] };
      await home.write("litellm.yaml", JSON.stringify(config));
      await home.write("app.py", "async def app(scope, receive, send): pass\n");
      const killed: { all: number[]; escaped: number[] } = { all: [], escaped: [] };
      const sides = [
        { name: "node", measure: () => timeSpawns(home, ["-e", "0"]) },
        { name: "uvicorn", measure: () => stopUvicorn(context, home) },
        { name: "idle", measure: () => stopProxy(home, waitReady) },
        { name: "booting", measure: () => stopProxy(home, () => delay(BOOTING_MS)) },
        { name: "streams", measure: () => stopProxy(home, openStream) },
        { name: "killed", measure: () => kill(home, killed) },
      ];
      const values = await alternate(sides, context.rounds, context.say);
      const of = (name: string): number => median(values.get(name) ?? []);
      return [
        { what: "bare uvicorn, idle", value: of("uvicorn"), unit: "ms" },
        { what: "proxy, idle", value: of("idle"), unit: "ms" },
        limited("proxy, idle, beyond 1.5 x uvicorn", of("idle") - 1.5 * of("uvicorn"), 100),
        limited("proxy, an open stream, beyond its grace", of("streams") - GRACE_MS, 1_000),
        {
          what: "proxy, LiteLLM booting / node -e 0",
          value: of("booting") / of("node"),
          unit: "x",
          bound: atMost(20),
        },
        limited("after SIGKILL, processes of ours", median(killed.all), 100),
        limited("after SIGKILL, an escaped grandchild", median(killed.escaped), 500),
      ];
    } finally {
      await home.stopAll();
      await provider.close();
      await home.remove();
    }
  },
};

function limited(what: string, value: number, limit: number): Row {
  return { what, value, unit: "ms", bound: atMost(limit) };
}

async function stopUvicorn({ runtime }: BenchContext, home: TestHome): Promise<number> {
  const port = await pickPort(null);
  const args = ["-m", "uvicorn", "app:app", "--port", String(port), "--lifespan", "off"];
  const child = spawn(runtime.python, args, { cwd: home.cwd, env: home.env, stdio: "ignore" });
  await until(() => accepts(port), { what: "uvicorn", everyMs: 50 });
  const ended = once(child, "exit");
  const from = performance.now();
  child.kill("SIGTERM");
  await ended;
  return performance.now() - from;
}

async function stopProxy(
  home: TestHome,
  prepare: (proxy: CliProcess) => Promise<unknown>,
): Promise<number> {
  const proxy = startCli(home, ["proxy", "start", ...FLAGS]);
  await prepare(proxy);
  const from = performance.now();
  proxy.signal("SIGTERM");
  await proxy.exited;
  return performance.now() - from;
}

async function waitReady(proxy: CliProcess): Promise<void> {
  await proxy.waitFor(/serving at/, 60_000);
}

async function openStream(proxy: CliProcess): Promise<void> {
  const [, url = ""] = await proxy.waitFor(/LITELLM_API_BASE='(.*)'/, 60_000);
  const [, key = ""] = await proxy.waitFor(/LITELLM_API_KEY='(.*)'/);
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify({ model: "bench", stream: true, messages: [] }),
  });
  const reader = response.body?.getReader();
  await reader?.read();
  // It is cut in the end, which is no failure here.
  reader?.closed.catch(() => undefined);
}

/** Until all are gone, ms; told apart in `times`. */
async function kill(
  home: TestHome,
  times: { readonly all: number[]; readonly escaped: number[] },
): Promise<number> {
  const worker = [process.execPath, "-e", ESCAPE];
  const name = ["--name", "killed", "--wait"];
  const run = startCli(home, ["run", ...name, ...FLAGS, "--", ...worker]);
  const [, escaped] = await run.waitFor(/escaped (\d+)/, 60_000);
  const record = await readRecord(`${home.state}/workers/killed/instance.json`, new Date());
  const cookie = restoreCookie(record?.cookie ?? "");
  const from = performance.now();
  run.signal("SIGKILL");
  let all: number | null = null;
  for (;;) {
    const left = await findByCookie(cookie);
    const at = performance.now() - from;
    if (left.every((pid) => pid === Number(escaped))) all ??= at;
    if (left.length === 0) {
      times.all.push(all ?? at);
      times.escaped.push(at);
      return at;
    }
    await delay(2);
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
