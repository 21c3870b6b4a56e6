// What the gateway adds to a request, against the plainest node:http front beside it; and that it loses nothing.
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { REPOSITORY } from "../fixtures/built.ts";
import type { BenchChild } from "./child.ts";
import { startChild } from "./child.ts";
import type { BenchContext, Figure, Row } from "./figure.ts";
import { atLeast, atMost } from "./figure.ts";
import type { LoadOrder } from "./load-order.ts";
import { load, scriptPath } from "./load-child.ts";
import { alternate, median, ratio } from "./statistics.ts";

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
  const tails = new Map<string, number[]>();
  const sides = (["direct", "plain", "gateway"] as const).map((name) => {
    const own: number[] = [];
    tails.set(name, own);
    const measure = async (): Promise<number> => {
      const order = { target: targets[name], key, clients: 1, requests: REQUESTS };
      const { p50, p99 } = await load(order);
      own.push(p99);
      return p50;
    };
    return { name, measure };
  });
  for (const side of sides) await side.measure();
  for (const own of tails.values()) own.length = 0;
  const middles = await alternate(sides, context.rounds, context.say);
  return [
    {
      what: "upstream alone, p50 at one client",
      value: median(middles.get("direct") ?? []),
      unit: "ms",
    },
    ...rowsOfAdded("p50", middles, 1.5),
    ...rowsOfAdded("p99", tails, 3),
  ];
}

/** What each front adds to the upstream's own time in the same round. */
function rowsOfAdded(
  what: string,
  values: ReadonlyMap<string, readonly number[]>,
  limit: number,
): Row[] {
  const direct = values.get("direct") ?? [];
  const added = (name: string) =>
    median((values.get(name) ?? []).map((value, round) => value - (direct[round] ?? Number.NaN)));
  const [plain, ours] = [added("plain"), added("gateway")];
  return [
    { what: `${what} added by the pass-through`, value: plain, unit: "ms" },
    { what: `${what} added by the gateway`, value: ours, unit: "ms" },
    {
      what: `${what} added by the gateway / by the pass-through`,
      value: ours / plain,
      unit: "x",
      bound: atMost(limit),
    },
  ];
}

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
  const through = sides.map(({ name }) => ({
    what: `through the ${name === "plain" ? "pass-through" : "gateway"}, ${CLIENTS} clients`,
    value: median(values.get(name) ?? []),
    unit: "requests/s",
  }));
  const compared = {
    what: `through the gateway / through the pass-through, ${CLIENTS} clients`,
    value: ratio(values, "gateway", "plain"),
    unit: "x",
    bound: atLeast(1),
  };
  return [...through, compared];
}

async function measureLosses(target: LoadOrder["target"], key: string): Promise<Row> {
  const order = { target, key, clients: CLIENTS, requests: CHECKED, mixedSizes: true };
  const { wrong, answered } = await load(order);
  return {
    what: `lost or altered of ${CHECKED}, bodies to 48 KiB`,
    value: Math.max(wrong, CHECKED - answered),
    unit: "requests",
    bound: atMost(0),
  };
}

function loopback(child: BenchChild): LoadOrder["target"] {
  return { host: "127.0.0.1", port: Number(child.ready["port"]) };
}
