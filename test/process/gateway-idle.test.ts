// Kept-alive connections that were idle until the edge of a time limit: the next request is served all the same.
import { Agent } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { expect, it, onTestFinished, vi } from "vitest";

import { chance, ROUNDS } from "../fixtures/rounds.ts";
import { ask } from "./gateway-client.ts";
import type { RigOptions } from "./gateway-rig.ts";
import { startRig } from "./gateway-rig.ts";

// 10,000 with `npm run test:long`.
vi.setConfig({ testTimeout: 180_000 });
const CONNECTIONS = 400;
const REPEATS = Math.ceil(ROUNDS / 30);
/** The edge: httpx, uvicorn's and Node's defaults; each idle time is this, give or take a fiftieth. */
const EDGE_MS = 5_000;

interface Edge {
  /** Whose limit is at the edge. */
  readonly whose: string;
  readonly options: RigOptions;
  /** Of the client's own connections. */
  readonly clientMs?: number;
  /** The connection must still be the same. */
  readonly kept?: boolean;
  /** It may be closed just when the client writes: it gave nothing then, and clients try again. */
  readonly mayClose?: boolean;
}

// LiteLLM's own limit, 300 s, has no row: the pool's is a fifth of it, so it is never reached.
const EDGES: readonly Edge[] = [
  { whose: "nobody", options: {}, kept: true },
  { whose: "the pool", options: { poolIdleMs: EDGE_MS }, kept: true },
  { whose: "the client", options: {}, clientMs: EDGE_MS },
  { whose: "the listener", options: { limits: { keepAliveMs: EDGE_MS } }, mayClose: true },
];

it("serves every request on a connection that was idle for 4.9 to 5.1 s", async () => {
  const luck = chance();
  console.info(`seed ${luck.seed}`);
  const outcomes = await Promise.all(EDGES.map((edge) => tryEdge(edge, () => luck.next())));
  const served = CONNECTIONS * (REPEATS + 1);
  expect(outcomes).toEqual(EDGES.map(({ whose }) => ({ whose, failed: [], served, changed: 0 })));
});

async function tryEdge({ whose, options, clientMs, kept, mayClose }: Edge, next: () => number) {
  const rig = await startRig(options);
  let served = 0;
  await rig.serve((request, response) => {
    request.resume().on("end", () => {
      served += 1;
      response.end("served");
    });
  });
  const failed: string[] = [];
  let changed = 0;
  const connection = async (): Promise<void> => {
    const agent = new Agent({
      keepAlive: true,
      maxSockets: 1,
      ...(clientMs !== undefined && { timeout: clientMs }),
    });
    onTestFinished(() => agent.destroy());
    const send = () => ask(rig.port, { agent, body: "{}" });
    await send();
    for (let repeat = 0; repeat < REPEATS; repeat += 1) {
      const before = localPort(agent);
      await delay(EDGE_MS * (0.98 + next() * 0.04));
      await send()
        .catch((error: unknown) => (mayClose === true ? send() : Promise.reject(error)))
        .catch((error: unknown) => failed.push(String(error)));
      if (kept === true && localPort(agent) !== before) changed += 1;
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, connection));
  return { whose, failed, served, changed };
}

function localPort(agent: Agent): number | undefined {
  return Object.values(agent.freeSockets)[0]?.[0]?.localPort;
}
