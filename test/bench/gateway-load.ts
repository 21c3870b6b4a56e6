// An instance's own process, supervisor and gateway: beside a LiteLLM that logs, idle, and after many requests.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";

import type { BenchContext, Figure, Row } from "./figure.ts";
import { atLeast, atMost } from "./figure.ts";
import type { BenchInstance } from "./instance.ts";
import { startInstance } from "./instance.ts";
import { load } from "./load-child.ts";
import { readMegabytes, readProcessorMs } from "./process-cost.ts";
import { alternate, median, ratio } from "./statistics.ts";

const LOG_RATE = 50e6;
/** MB/s: with less, a starved machine has measured something else. */
const ENOUGH_LOGGED = 45;
/** Of one side in one round. */
const REQUESTS = 3_000;
const CLIENTS = 16;
const IDLE_MS = 60_000;
const NODE_START_MS = 1_000;
const FIRST = 20_000;
const LAST = 200_000;

export const gatewayLoad: Figure = {
  name: "gateway-load",
  title: "the instance's own process: while LiteLLM logs 50 MB/s, idle, and after 200,000 requests",
  async measure(context: BenchContext): Promise<Row[]> {
    const quiet = await startInstance(context);
    let rows: Row[];
    try {
      rows = [...(await measureIdle(quiet)), ...(await measureGrowth(context, quiet))];
    } finally {
      await quiet.stop();
    }
    const loud = await startInstance(context);
    try {
      return [...rows, ...(await measureLogging(context, loud))];
    } finally {
      await loud.stop();
    }
  },
};

/** First, while it is as a start leaves it: V8 collects what the start left some 8 s after it, and compiles what runs often. */
async function measureIdle({ pid }: BenchInstance): Promise<Row[]> {
  // What a wake costs differs by the machine and the moment; it wakes once a second, too.
  const node = spawn(process.execPath, ["-e", "setInterval(() => {}, 1e3)"], { stdio: "ignore" });
  const reference = node.pid ?? 0;
  await delay(NODE_START_MS);
  const referenceBefore = readProcessorMs(reference);
  const rows: Row[] = [];
  for (const what of ["after readiness", "after that"]) {
    const before = readProcessorMs(pid);
    await delay(IDLE_MS);
    rows.push({
      what: `processor over the ${IDLE_MS / 1000} s ${what}, without a request`,
      value: ((readProcessorMs(pid) - before) / IDLE_MS) * 100,
      unit: "%",
      bound: atMost(0.2),
    });
  }
  const referenceBusy = readProcessorMs(reference) - referenceBefore;
  const plain = await readMegabytes(reference);
  const ours = await readMegabytes(pid);
  node.kill();
  await once(node, "exit");
  return [
    ...rows,
    {
      what: "processor of a node with nothing but a timer of 1 s",
      value: (referenceBusy / rows.length / IDLE_MS) * 100,
      unit: "%",
    },
    { what: "memory of an idle node", value: plain, unit: "MB" },
    { what: "memory of supervisor and gateway", value: ours, unit: "MB" },
    {
      what: "supervisor and gateway / an idle node, memory",
      value: ours / plain,
      unit: "x",
      bound: atMost(2.2),
    },
  ];
}

async function measureGrowth({ say }: BenchContext, instance: BenchInstance): Promise<Row[]> {
  const { pid, target, key } = instance;
  const order = { target, key, clients: CLIENTS, expects: "success" } as const;
  await load({ ...order, requests: FIRST });
  const first = await readMegabytes(pid);
  for (let done = FIRST; done < LAST; done += FIRST) {
    const { answered, seconds } = await load({ ...order, requests: FIRST });
    const memory = (await readMegabytes(pid)).toFixed(1);
    say(`  ${done + FIRST} requests: ${memory} MB, ${(answered / seconds).toFixed(0)} requests/s`);
  }
  const last = await readMegabytes(pid);
  return [
    { what: `memory at request ${FIRST}`, value: first, unit: "MB" },
    { what: `memory at request ${LAST}`, value: last, unit: "MB" },
    {
      what: `memory at ${LAST} / at ${FIRST}`,
      value: last / first,
      unit: "x",
      bound: atMost(1.15),
    },
  ];
}

async function measureLogging(context: BenchContext, instance: BenchInstance): Promise<Row[]> {
  const { target, key } = instance;
  const p99 = async (): Promise<number> => {
    const order = { target, key, clients: 1, requests: REQUESTS, expects: "success" } as const;
    return (await load(order)).p99;
  };
  const logged: number[] = [];
  const sides = [
    { name: "quiet", measure: p99 },
    {
      name: "logging",
      measure: async () => {
        await instance.ask({ log_rate: LOG_RATE });
        const from = performance.now();
        const value = await p99();
        const { logged: bytes } = await instance.ask({ log_rate: 0 });
        logged.push(Number(bytes) / 1e3 / (performance.now() - from));
        return value;
      },
    },
  ];
  await p99();
  const values = await alternate(sides, context.rounds, context.say);
  return [
    {
      what: "LiteLLM logged",
      value: median(logged),
      unit: "MB/s",
      bound: atLeast(ENOUGH_LOGGED),
    },
    {
      what: "p99 through the quiet instance",
      value: median(values.get("quiet") ?? []),
      unit: "ms",
    },
    { what: "p99 while LiteLLM logs", value: median(values.get("logging") ?? []), unit: "ms" },
    {
      what: "p99 while LiteLLM logs / quiet",
      value: ratio(values, "logging", "quiet"),
      unit: "x",
      bound: atMost(3),
    },
  ];
}
