// Warming: what is learned and kept, with the real LiteLLM; what goes wrong with it, with the stand-in.
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { request } from "node:http";
import { dirname, join } from "node:path";
import { text as readText } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";

import { describe, expect, it } from "vitest";

import { buildWorkerConfig } from "../../src/litellm/worker-config.ts";
import { makeFakePython } from "../fixtures/fake-litellm.ts";
import { until } from "../fixtures/poll.ts";
import { testRuntime } from "../fixtures/runtime.ts";
import { useHome } from "../fixtures/use-home.ts";
import { KEY, startRawKeeper } from "../proxy/raw-keeper.ts";
import { fakePython } from "../proxy/support.ts";

type Step = readonly [kind: string, name: string];

const PREFIX = "python";
const LIST = "sidelite-warm.json";
const VERSIONS = `import sys, json, importlib.metadata as m; print(json.dumps([2, m.version("litellm"), sys.version]))`;

async function useFake(steps: readonly Step[] | null, modules: Record<string, string> = {}) {
  const home = await useHome();
  const python = await fakePython(home);
  const prefix = join(home.dir, PREFIX);
  const [version = ""] = await readdir(join(prefix, "lib"));
  for (const [name, source] of Object.entries(modules)) {
    await writeFile(join(prefix, "lib", version, "site-packages", `${name}.py`), source);
  }
  const list = join(prefix, LIST);
  if (steps !== null) {
    const known: unknown = JSON.parse(
      execFileSync(python, ["-I", "-c", VERSIONS], { encoding: "utf8" }),
    );
    await writeFile(list, JSON.stringify({ for: known, steps }));
  }
  const start = async () => {
    const keeper = await startRawKeeper(home, python);
    await keeper.next("imported");
    return keeper;
  };
  return { home, list, start };
}

const readSteps = async (list: string): Promise<Step[]> =>
  (JSON.parse(await readFile(list, "utf8")) as { steps: Step[] }).steps;

it("learns from the real LiteLLM what requests need, keeps the list, and stays fit to fork", async () => {
  const home = await useHome();
  const { python: real } = await testRuntime();
  const python = await makeFakePython(real, join(home.dir, PREFIX));
  const packages = join(home.dir, PREFIX, "lib");
  const [version = ""] = await readdir(packages);
  const realPackages = join(dirname(dirname(real)), "lib", version, "site-packages");
  await writeFile(join(packages, version, "site-packages/fake.pth"), `${realPackages}\n`);
  const keeper = await startRawKeeper(home, python);
  await keeper.next("imported", 60_000);
  keeper.write({ order: "warm" });
  const warmed = await keeper.next("warmed", 60_000);
  expect(warmed.skipped.filter((step) => step.startsWith("unsafe"))).toEqual([]);
  const list = join(home.dir, PREFIX, LIST);
  expect((await stat(list)).mode & 0o777).toBe(0o600);
  const steps = await readSteps(list);
  const kinds = new Set(steps.map(([kind]) => kind));
  expect([...kinds].toSorted()).toEqual([
    "adapter",
    "attribute",
    "call",
    "encoding",
    "feature",
    "model",
    "module",
    "pattern",
    "route",
  ]);
  expect(steps).toContainEqual(["module", "litellm.litellm_core_utils.default_encoding"]);
  expect(JSON.stringify(steps)).not.toContain("sk-");
  const model = { model: "openai/m", api_key: "none", mock_response: "pong" };
  const file = await home.write(
    "mock.yaml",
    JSON.stringify({
      model_list: [{ model_name: "m", litellm_params: model }],
      general_settings: { master_key: "os.environ/THE_KEY" },
    }),
  );
  const order = await keeper.start(1, { worker_config: buildWorkerConfig(file) });
  keeper.write(order);
  const { pid } = await keeper.next("started");
  await until(() => existsSync(order.socket), { what: "the generation", deadlineMs: 30_000 });
  const before = minorFaults(pid);
  expect(await chat(order.socket)).toContain("pong");
  // 4,200 where it has to copy page by page what it shares with the keeper; 100 where all is as usual.
  expect(minorFaults(pid) - before).toBeLessThan(600);
});

/** Of the process so far. */
function minorFaults(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, "utf8");
  return Number(text.slice(text.lastIndexOf(")") + 2).split(" ")[7]);
}

async function chat(socketPath: string): Promise<string> {
  const headers = { authorization: `Bearer ${KEY}`, "content-type": "application/json" };
  const options = { socketPath, path: "/v1/chat/completions", method: "POST", headers };
  const sent = request(options).end(
    JSON.stringify({ model: "m", messages: [{ role: "user", content: "ping" }] }),
  );
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  return readText(response);
}

describe("a list", () => {
  it.each([
    ["that is not there", null],
    ["that is torn", '{"for": ['],
    ["of another version", '{"for": [2, "0.0.1", ""], "steps": [["module", "no_such"]]}'],
    ["of another shape", "[1]"],
  ])("%s is not used, and the keeper serves as before", async (_, text) => {
    const { list, start } = await useFake(null);
    if (text !== null) await writeFile(list, text);
    const keeper = await start();
    keeper.write({ order: "warm" });
    expect((await keeper.next("warmed")).skipped).toEqual([expect.stringContaining("nothing was")]);
    keeper.write(await keeper.start(1));
    expect((await keeper.next("started")).generation).toBe(1);
  });

  it("loses a step that leaves a thread: this keeper forks no more, the next one will", async () => {
    const source =
      "import threading, time\nthreading.Thread(target=time.sleep, args=(60,), daemon=True).start()";
    const steps: Step[] = [
      ["module", "harmless"],
      ["module", "no_such"],
      ["module", "threaded"],
      ["module", "later"],
    ];
    const { list, start } = await useFake(steps, { harmless: "", threaded: source, later: "" });
    const keeper = await start();
    keeper.write({ order: "warm" });
    expect((await keeper.next("warmed")).skipped).toEqual([
      "module no_such",
      "unsafe: module threaded",
    ]);
    expect((await readSteps(list)).map(([, name]) => name)).toEqual([
      "harmless",
      "no_such",
      "later",
    ]);
    keeper.write(await keeper.start(1));
    expect(await keeper.next("refused")).toMatchObject({ reason: "unsafe" });
  });
});

it("is interrupted by a start, and gives way to it", async () => {
  const slow = Array.from({ length: 100 }, (_, at) => `slow_${at}`);
  const modules = Object.fromEntries(slow.map((name) => [name, "import time; time.sleep(0.05)"]));
  const { start } = await useFake(
    slow.map((name) => ["module", name] as const),
    modules,
  );
  const keeper = await start();
  keeper.write({ order: "warm" });
  await sleep(300); // in the midst of it
  const order = await keeper.start(1);
  keeper.write(order);
  await keeper.next("started");
  await expect(keeper.next("warmed", 0)).rejects.toThrow("waited 0 ms for warmed");
  await until(() => readdirSync(dirname(order.socket)).includes("g1"), { what: "the generation" });
  keeper.write({ order: "quit" });
  expect(await keeper.exited).toEqual({ code: 0, signal: null });
});
