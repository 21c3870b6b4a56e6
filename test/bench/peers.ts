// Other npm gateways beside a direct route of ours, each in front of the same upstream.
import { randomBytes } from "node:crypto";

import type { BenchChild } from "./child.ts";
import { startChild } from "./child.ts";
import type { BenchContext, Figure, Row } from "./figure.ts";
import { load, scriptPath } from "./load-child.ts";
import type { LoadOrder } from "./load-order.ts";
import type { Peer } from "./peer.ts";
import { installPeers, startPeers } from "./peer.ts";
import { alternate, median } from "./statistics.ts";

const REQUESTS = 500;
const BURST = 2_000;
const CLIENTS = 16;

type Target = Pick<LoadOrder, "target" | "path" | "headers"> & { readonly name: string };

export const peers: Figure = {
  name: "peers",
  title: "other gateways beside a direct route of ours; see test/bench/peers/README.md",
  onRequest: true,
  async measure(context: BenchContext): Promise<Row[]> {
    const key = `sk-${randomBytes(16).toString("hex")}`;
    const children: BenchChild[] = [];
    const others: Peer[] = [];
    try {
      await installPeers(context.say);
      const upstream = await startChild(scriptPath("upstream"), ["tcp", "chat"]);
      children.push(upstream);
      const port = Number(upstream.ready["port"]);
      const env = { ...process.env, SIDELITE_BENCH_KEY: key };
      const ours = await startChild(scriptPath("direct-host"), [String(port), "1"], env);
      children.push(ours);
      others.push(...(await startPeers(port, key)));
      const targets: Target[] = [
        { name: "upstream", target: loopback(port) },
        { name: "sidelite", target: loopback(Number(ours.ready["port"])) },
        ...others.map((peer) => ({ ...peer, target: loopback(peer.port) })),
      ];
      return [
        ...(await measureLatency(context, targets, key)),
        ...(await measureThroughput(context, targets.slice(1), key)),
      ];
    } finally {
      for (const peer of others) await peer.stop();
      for (const child of children.toReversed()) await child.stop();
    }
  },
};

async function measureLatency(
  context: BenchContext,
  targets: readonly Target[],
  key: string,
): Promise<Row[]> {
  const sides = targets.map((target) => ({
    name: target.name,
    measure: async () => (await load(order(target, key, 1, REQUESTS))).p50,
  }));
  for (const side of sides) await side.measure();
  const values = await alternate(sides, context.rounds, context.say);
  const alone = values.get("upstream") ?? [];
  return targets.slice(1).map(({ name }) => ({
    what: `p50 added by ${name}, one client`,
    value: median(
      (values.get(name) ?? []).map((value, round) => value - (alone[round] ?? Number.NaN)),
    ),
    unit: "ms",
  }));
}

async function measureThroughput(
  context: BenchContext,
  targets: readonly Target[],
  key: string,
): Promise<Row[]> {
  const sides = targets.map((target) => ({
    name: target.name,
    measure: async () => {
      const { answered, seconds } = await load(order(target, key, CLIENTS, BURST));
      return answered / seconds;
    },
  }));
  const values = await alternate(sides, context.rounds, context.say);
  return targets.map(({ name }) => ({
    what: `through ${name}, ${CLIENTS} clients`,
    value: median(values.get(name) ?? []),
    unit: "requests/s",
  }));
}

function order({ target, path, headers }: Target, key: string, clients: number, requests: number) {
  return {
    ...{ target, key, clients, requests, expects: "success" as const },
    ...(path !== undefined && { path }),
    ...(headers !== undefined && { headers }),
  };
}

function loopback(port: number): LoadOrder["target"] {
  return { host: "127.0.0.1", port };
}
