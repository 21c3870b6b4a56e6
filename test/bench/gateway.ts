// What the gateway adds to a request, against the plainest node:http front beside it; and that it loses nothing.
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { REPOSITORY } from "../fixtures/built.ts";
import type { BenchChild } from "./child.ts";
import { askChild, startChild } from "./child.ts";
import type { BenchContext, Figure, Row } from "./figure.ts";
import { atMost } from "./figure.ts";
import type { LoadOrder, LoadResult } from "./load-order.ts";
import { alternate, median } from "./statistics.ts";

/** Of one side in one round, after as many that warm it up before the first. */
const REQUESTS = 3_000;
const CHECKED = 10_000;
const CLIENTS = 16;
const PASS_THROUGH = join(REPOSITORY, "test/bench/pass-through.mjs");

interface Targets {
  readonly direct: LoadOrder["target"];
  readonly plain: LoadOrder["target"];
  readonly gateway: LoadOrder["target"];
}

export const gateway: Figure = {
  name: "gateway",
  title: "the gateway's added latency and its losses, against an eight-line node:http pass-through",
  async measure(context: BenchContext): Promise<Row[]> {
    const key = `sk-${randomBytes(16).toString("hex")}`;
    const folder = await mkdtemp(join(tmpdir(), "slb-"));
    const children: BenchChild[] = [];
    try {
      const targets = await startAll(join(folder, "up"), key, children);
      return [
        ...(await measureLatency(context, targets, key)),
        ...(await measureThroughput(context, targets, key)),
        await measureLosses(targets.gateway, key),
      ];
    } finally {
      for (const child of children.toReversed()) await child.stop();
      await rm(folder, { recursive: true });
    }
  },
};

async function startAll(socket: string, key: string, children: BenchChild[]): Promise<Targets> {
  children.push(await startChild(scriptPath("upstream"), [socket]));
  const plain = await startChild(PASS_THROUGH, [socket]);
  children.push(plain);
  const env = { ...process.env, SIDELITE_BENCH_KEY: key };
  const ours = await startChild(scriptPath("gateway-host"), [socket], env);
  children.push(ours);
  return { direct: { path: socket }, plain: loopback(plain), gateway: loopback(ours) };
}

async function measureLatency(
  context: BenchContext,
  targets: Targets,
  key: string,
): Promise<Row[]> {
  const p50 = async (target: LoadOrder["target"]) =>
    (await load({ target, key, clients: 1, requests: REQUESTS })).p50;
  const sides = [
    { name: "direct", measure: () => p50(targets.direct) },
    { name: "plain", measure: () => p50(targets.plain) },
    { name: "gateway", measure: () => p50(targets.gateway) },
  ];
  for (const side of sides) await side.measure();
  const values = await alternate(sides, context.rounds, context.say);
  const direct = values.get("direct") ?? [];
  const added = (name: string) =>
    median((values.get(name) ?? []).map((value, round) => value - (direct[round] ?? Number.NaN)));
  return [
    { what: "upstream alone, p50 at one client", value: median(direct), unit: "ms" },
    { what: "added by the pass-through", value: added("plain"), unit: "ms" },
    { what: "added by the gateway", value: added("gateway"), unit: "ms" },
    {
      what: "added by the gateway / by the pass-through",
      value: added("gateway") / added("plain"),
      unit: "x",
      bound: atMost(2),
    },
  ];
}

/** Told only; a later figure judges it. */
async function measureThroughput(
  context: BenchContext,
  targets: Targets,
  key: string,
): Promise<Row[]> {
  const rate = async (target: LoadOrder["target"]) => {
    const result = await load({ target, key, clients: CLIENTS, requests: CHECKED });
    return result.answered / result.seconds;
  };
  const sides = [
    { name: "plain", measure: () => rate(targets.plain) },
    { name: "gateway", measure: () => rate(targets.gateway) },
  ];
  const values = await alternate(sides, context.rounds, context.say);
  return sides.map(({ name }) => ({
    what: `through the ${name === "plain" ? "pass-through" : "gateway"}, ${CLIENTS} clients`,
    value: median(values.get(name) ?? []),
    unit: "requests/s",
  }));
}

async function measureLosses(target: LoadOrder["target"], key: string): Promise<Row> {
  const order = { target, key, clients: CLIENTS, requests: CHECKED };
  const { wrong, answered } = await load(order, true);
  return {
    what: `lost or altered of ${CHECKED}, bodies to 48 KiB`,
    value: Math.max(wrong, CHECKED - answered),
    unit: "requests",
    bound: atMost(0),
  };
}

async function load(
  order: Omit<LoadOrder, "host" | "mixedSizes">,
  mixedSizes = false,
): Promise<LoadResult> {
  const { target } = order;
  const host = "port" in target ? `${target.host}:${target.port}` : "localhost";
  const result = await askChild<LoadResult>(scriptPath("load"), { ...order, host, mixedSizes });
  // A wrong answer is a fault in every row; only the row of losses may count it.
  if (!mixedSizes && result.firstWrong !== null) throw new Error(result.firstWrong);
  return result;
}

function loopback(child: BenchChild): LoadOrder["target"] {
  return { host: "127.0.0.1", port: Number(child.ready["port"]) };
}

function scriptPath(name: string): string {
  return fileURLToPath(new URL(`./${name}.js`, import.meta.url));
}
