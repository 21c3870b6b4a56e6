import { once } from "node:events";
import { createServer } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";

import { UserError } from "../../src/core/errors.ts";
import { buildAccess } from "../../src/gateway/access.ts";
import { startGateway } from "../../src/gateway/listener.ts";
import { buildLitellmRouter } from "../../src/gateway/litellm-router.ts";
import { createPolicy } from "../../src/gateway/policy.ts";
import { createUpstreamSet } from "../../src/gateway/upstream-set.ts";
import { Secret } from "../../src/core/secret.ts";
import { closedPort } from "../fixtures/closed-port.ts";
import { listenOnLoopback } from "../fixtures/listen.ts";
import { until } from "../fixtures/poll.ts";
import { ask, open, openRaw, rawRequest } from "./gateway-client.ts";
import { startRig } from "./gateway-rig.ts";

const NEVER = new AbortController().signal;

function snapshotFor(key: string, upstream = createUpstreamSet({ holdMs: 50 })) {
  const principal = { id: "worker", role: "worker", models: null, credential: "master" } as const;
  return {
    access: buildAccess([{ key: new Secret(key), principal }]),
    router: buildLitellmRouter({
      upstream,
      masterKey: new Secret("sk-master"),
      allowPaths: [],
      models: [],
    }),
    policy: createPolicy({ inFlight: 10 }),
  };
}

describe("closing", () => {
  it("lets running requests end, refuses held ones, and leaves no listener", async () => {
    const rig = await startRig();
    let finish: () => void = () => undefined;
    const standIn = await rig.serve((_, response) => {
      response.write("one ");
      finish = () => void response.end("two");
    });
    const running = await open(rig.port);
    rig.upstreams.remove("nobody");
    const drained = rig.upstreams.drain(standIn.id);
    const held = ask(rig.port);
    await until(() => rig.upstreams.load().held === 1, { what: "the held request" });
    const idle = await openRaw(rig.port);
    let isClosed = false;
    const closed = rig.gateway.close(NEVER).then(() => {
      isClosed = true;
    });
    expect((await held).status).toBe(503);
    await idle.closed();
    await expect(ask(rig.port)).rejects.toMatchObject({ code: "ECONNREFUSED" });
    expect(isClosed).toBe(false);
    finish();
    const chunks: Buffer[] = [];
    for await (const chunk of running) chunks.push(chunk as Buffer);
    expect(Buffer.concat(chunks).toString()).toBe("one two");
    await Promise.all([closed, drained]);
    await rig.gateway.close(NEVER);
  });

  it("cuts what runs when the time is over", async () => {
    const rig = await startRig();
    await rig.serve((_, response) => void response.write("begun"));
    const client = await openRaw(rig.port, rawRequest(rig.port, "GET /v1/models/x"));
    await client.expect(/begun/);
    const deadline = new AbortController();
    const closed = rig.gateway.close(deadline.signal);
    deadline.abort();
    await closed;
    expect(await client.closed()).not.toMatch(/0\r\n\r\n$/);
  });
});

describe("a new snapshot", () => {
  it("counts for new requests; a running one keeps its own", async () => {
    const upstream = createUpstreamSet({ holdMs: 500 });
    const snapshot = snapshotFor("sk-old", upstream);
    const gateway = await startGateway({ port: 0, snapshot, log: () => undefined });
    const held = ask(gateway.port, { key: "sk-old" });
    await until(() => upstream.load().held === 1, { what: "the held request" });
    gateway.swap(snapshotFor("sk-new"));
    expect((await ask(gateway.port, { key: "sk-old" })).status).toBe(401);
    expect((await ask(gateway.port, { key: "sk-new" })).status).toBe(503);
    expect((await held).status).toBe(503);
    await gateway.close(AbortSignal.abort());
  });
});

it.each(["127.0.0.1", "0.0.0.0"])(
  "moves from a port that a thief on %s has taken",
  async (host) => {
    const { thief, port } = await steal(host);
    const snapshot = snapshotFor("sk-x");
    const options = { port, movable: true, snapshot, log: () => undefined };
    const gateway = await startGateway(options);
    onTestFinished(() => gateway.close(AbortSignal.abort()));
    expect(gateway.port).not.toBe(port);
    expect((await ask(gateway.port, { key: null })).status).toBe(401);
    expect(thief.connections).toBe(0);
  },
);

it("names its address so that a thief on the same port of ::1 gets nothing", async () => {
  const { thief, port } = await steal("::1");
  const gateway = await startGateway({ port, snapshot: snapshotFor("sk-x"), log: () => undefined });
  onTestFinished(() => gateway.close(AbortSignal.abort()));
  expect(gateway.url).toBe(`http://127.0.0.1:${port}`);
  const answer = await fetch(gateway.url, { headers: { authorization: "Bearer sk-x" } });
  expect([answer.status, thief.connections]).toEqual([404, 0]);
});

/** A listener of somebody else's, on a port that is free at our address. */
async function steal(host: string) {
  const thief = { connections: 0 };
  const server = createServer((socket) => {
    thief.connections += 1;
    socket.destroy();
  });
  onTestFinished(() => void server.close());
  const port = await closedPort();
  server.listen(port, host);
  await once(server, "listening");
  return { thief, port };
}

it("says which port is taken and what to do", async () => {
  const thief = createServer();
  const port = await listenOnLoopback(thief);
  const started = startGateway({ port, snapshot: snapshotFor("sk-x"), log: () => undefined });
  const error: unknown = await started.catch((reason: unknown) => reason);
  thief.close();
  expect(error).toBeInstanceOf(UserError);
  expect(error).toMatchObject({
    exit: "machine",
    cause: { code: "EADDRINUSE" },
    problems: [
      {
        message: expect.stringContaining(`${port}`),
        remedy: expect.stringContaining("--proxy-port"),
      },
    ],
  });
});
