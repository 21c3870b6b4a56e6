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
import { alternate, median, ratio, ratioOfRounds } from "./statistics.ts";

const REQUESTS = 3_000;
/** A small difference is looked for: many short turns, so that what else the machine does falls on both sides. */
const TURNS = 5;
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
        ...(await measureLoading(context, sides)),
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
  const { many, ...compared } = all;
  const sides = Object.entries(compared).map(([name, child]: [string, BenchChild]) => ({
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
    await measureMany(context, all.few, many, key),
  ];
}

async function measureMany(
  { rounds, say }: BenchContext,
  few: BenchChild,
  many: BenchChild,
  key: string,
): Promise<Row> {
  const order = { key, clients: 1, requests: REQUESTS / TURNS };
  const sides = Object.entries({ few, many }).map(([name, child]) => ({
    name,
    measure: async () => (await load(child, order)).p50,
  }));
  // As warm as the other, which was measured before.
  for (let turn = 0; turn < (rounds + 1) * TURNS; turn += 1) await sides[1]?.measure();
  const values = await alternate(sides, rounds * TURNS, say);
  return {
    what: `p50 with ${MANY} agents and providers / with ${FEW}`,
    value: ratioOfRounds(values, "many", "few"),
    unit: "x",
    bound: atMost(1.1),
  };
}

async function measureThroughput(context: BenchContext, all: Sides, key: string): Promise<Row[]> {
  const rate = async (child: BenchChild) => {
    const result = await load(child, { key, clients: CLIENTS, requests: CHECKED / TURNS });
    return result.answered / result.seconds;
  };
  const sides = [
    { name: "plain", measure: () => rate(all.plain) },
    { name: "direct", measure: () => rate(all.few) },
  ];
  const values = await alternate(sides, context.rounds * TURNS, context.say);
  return [
    {
      what: "through the pass-through",
      value: median(values.get("plain") ?? []),
      unit: "requests/s",
    },
    {
      what: `direct route / pass-through, ${CLIENTS} clients`,
      value: ratioOfRounds(values, "direct", "plain"),
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
      value: ratioOfRounds(values, "direct", "plain"),
      unit: "x",
    },
  ];
}

async function measureLoading({ rounds, say }: BenchContext, { few, many, upstream }: Sides) {
  const sides = [
    {
      name: "node",
      measure: () => {
        const from = performance.now();
        spawnSync(process.execPath, ["-e", "0"]);
        return Promise.resolve(performance.now() - from);
      },
    },
    {
      name: "loading",
      measure: async () => {
        const args = [String(upstream.ready["port"]), String(MANY)];
        const child = await startChild(scriptPath("direct-host"), args, process.env);
        await child.stop();
        return Number(child.ready["loadMs"]);
      },
    },
  ];
  const values = await alternate(sides, rounds, say);
  const megabytes = (child: BenchChild) => Number(child.ready["megabytes"]);
  return [
    {
      what: `loading ${MANY} agents and providers / \`node -e 0\``,
      value: ratio(values, "loading", "node"),
      unit: "x",
      bound: atMost(10),
    },
    {
      what: `memory of ${MANY} beyond that of ${FEW}`,
      value: megabytes(many) - megabytes(few),
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
