// What a direct route costs against the eight-line pass-through, and what 10,000 of them cost against 10.
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { REPOSITORY } from "../fixtures/built.ts";
import type { BenchChild } from "./child.ts";
import { askChild, startChild } from "./child.ts";
import type { BenchContext, Figure, Row } from "./figure.ts";
import { atLeast, atMost } from "./figure.ts";
import type { LoadOrder, LoadResult } from "./load-order.ts";
import { alternate, median, ratio } from "./statistics.ts";

const REQUESTS = 3_000;
const CHECKED = 10_000;
const CLIENTS = 16;
const FEW = 10;
const MANY = 10_000;
/** Of random bytes, 100 KB as base64. */
const LARGE = 75_000;
const PASS_THROUGH = join(REPOSITORY, "test/bench/pass-through.mjs");

interface Sides {
  readonly upstream: BenchChild;
  readonly plain: BenchChild;
  readonly few: BenchChild;
  readonly many: BenchChild;
}

export const direct: Figure = {
  name: "direct",
  title:
    "a direct route against an eight-line node:http pass-through, and 10,000 routes against 10",
  async measure(context: BenchContext): Promise<Row[]> {
    const key = `sk-${randomBytes(16).toString("hex")}`;
    const children: BenchChild[] = [];
    try {
      const sides = await startAll(key, children);
      return [
        ...(await measureLatency(context, sides, key)),
        ...(await measureThroughput(context, sides, key)),
        ...(await measureLarge(context, sides, key)),
        ...measureLoading(context, sides),
      ];
    } finally {
      for (const child of children.toReversed()) await child.stop();
    }
  },
};

async function startAll(key: string, children: BenchChild[]): Promise<Sides> {
  const start = async (script: string, ...args: string[]) => {
    const child = await startChild(script, args, { ...process.env, SIDELITE_BENCH_KEY: key });
    children.push(child);
    return child;
  };
  const upstream = await start(scriptPath("upstream"), "tcp");
  const port = String(upstream.ready["port"]);
  return {
    upstream,
    plain: await start(PASS_THROUGH, port),
    few: await start(scriptPath("direct-host"), port, String(FEW)),
    many: await start(scriptPath("direct-host"), port, String(MANY)),
  };
}

async function measureLatency(context: BenchContext, all: Sides, key: string): Promise<Row[]> {
  const order = { key, clients: 1, requests: REQUESTS };
  const sides = Object.entries(all).map(([name, child]: [string, BenchChild]) => ({
    name,
    measure: async () => (await load(child, order)).p50,
  }));
  for (const side of sides) await side.measure();
  const values = await alternate(sides, context.rounds, context.say);
  const alone = values.get("upstream") ?? [];
  const added = (name: string) =>
    median((values.get(name) ?? []).map((value, round) => value - (alone[round] ?? Number.NaN)));
  return [
    { what: "upstream alone, p50 at one client", value: median(alone), unit: "ms" },
    { what: "added by the pass-through", value: added("plain"), unit: "ms" },
    { what: "added by a direct route", value: added("few"), unit: "ms" },
    {
      what: "added by a direct route / by the pass-through",
      value: added("few") / added("plain"),
      unit: "x",
      bound: atMost(2),
    },
    {
      what: `p50 with ${MANY} agents and providers / with ${FEW}`,
      value: ratio(values, "many", "few"),
      unit: "x",
      bound: atMost(1.1),
    },
  ];
}

async function measureThroughput(context: BenchContext, all: Sides, key: string): Promise<Row[]> {
  const rate = async (child: BenchChild) => {
    const result = await load(child, { key, clients: CLIENTS, requests: CHECKED });
    return result.answered / result.seconds;
  };
  const sides = [
    { name: "plain", measure: () => rate(all.plain) },
    { name: "direct", measure: () => rate(all.few) },
  ];
  const values = await alternate(sides, context.rounds, context.say);
  return [
    {
      what: "through the pass-through",
      value: median(values.get("plain") ?? []),
      unit: "requests/s",
    },
    {
      what: `direct route / pass-through, ${CLIENTS} clients`,
      value: ratio(values, "direct", "plain"),
      unit: "x",
      bound: atLeast(0.8),
    },
  ];
}

/** Every body comes back as it was sent, so none was parsed and written anew. */
async function measureLarge(context: BenchContext, all: Sides, key: string): Promise<Row[]> {
  const order = { key, clients: 1, requests: REQUESTS / 3, bytes: LARGE };
  const sides = [
    { name: "plain", measure: async () => (await load(all.plain, order)).p50 },
    { name: "direct", measure: async () => (await load(all.few, order)).p50 },
  ];
  const values = await alternate(sides, context.rounds, context.say);
  return [
    {
      what: "p50 with 100 KB bodies / through the pass-through",
      value: ratio(values, "direct", "plain"),
      unit: "x",
    },
  ];
}

function measureLoading({ rounds }: BenchContext, { few, many }: Sides): Row[] {
  const node = Array.from({ length: rounds }, () => {
    const from = performance.now();
    spawnSync(process.execPath, ["-e", "0"]);
    return performance.now() - from;
  });
  const read = (child: BenchChild, name: string) => Number(child.ready[name]);
  return [
    {
      what: `loading ${MANY} agents and providers / \`node -e 0\``,
      value: read(many, "loadMs") / median(node),
      unit: "x",
      bound: atMost(10),
    },
    {
      what: `memory of ${MANY} beyond that of ${FEW}`,
      value: read(many, "megabytes") - read(few, "megabytes"),
      unit: "MB",
      bound: atMost(60),
    },
  ];
}

async function load(
  child: BenchChild,
  order: Omit<LoadOrder, "host" | "mixedSizes" | "target">,
): Promise<LoadResult> {
  const target = { host: "127.0.0.1", port: Number(child.ready["port"]) };
  const host = `${target.host}:${target.port}`;
  const whole: LoadOrder = { ...order, target, host, mixedSizes: false };
  const result = await askChild<LoadResult>(scriptPath("load"), whole);
  if (result.firstWrong !== null) throw new Error(result.firstWrong);
  return result;
}

function scriptPath(name: string): string {
  return fileURLToPath(new URL(`./${name}.js`, import.meta.url));
}
