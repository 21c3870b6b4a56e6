import { describe, expect, it, onTestFinished } from "vitest";

import { until } from "../fixtures/poll.ts";
import { ask, openRaw, rawRequest } from "./gateway-client.ts";
import { startRig, WORKER_KEY } from "./gateway-rig.ts";

async function servingRig(options: Parameters<typeof startRig>[0]) {
  const rig = await startRig(options);
  const standIn = await rig.serve((request, response) => {
    request.resume().on("end", () => response.end("served"));
  });
  return { ...rig, standIn };
}

describe("sizes", () => {
  it("a body that says it is too large is refused unread", async () => {
    const { port } = await servingRig({ limits: { bodyBytes: 1_000_000 } });
    const answer = await ask(port, { body: Buffer.alloc(1_000_001, " ") });
    expect(answer.status).toBe(413);
    const client = await openRaw(
      port,
      rawRequest(port, "POST /v1/completions", ["Content-Length: 99999999999"]),
    );
    expect(await client.expect(/\r\n\r\n/)).toMatch(/^HTTP\/1\.1 413 /);
  });

  it.each([100_000, 600_000])(
    "a chunked body of more than %i bytes in the middle",
    async (limit) => {
      const { port, standIn } = await servingRig({ limits: { bodyBytes: limit } });
      const body = Buffer.from(`{"a":"${"x".repeat(limit)}"}`);
      const headers = { "transfer-encoding": "chunked" };
      expect((await ask(port, { body, headers })).status).toBe(413);
      expect((await ask(port, { body: "{}", headers })).status).toBe(200);
      expect(standIn.sockets.size).toBeLessThanOrEqual(1);
    },
  );

  it("a head over 16 KiB gets 431", async () => {
    const { port } = await servingRig({});
    const text = rawRequest(port, "GET /v1/models", [`X-Long: ${"y".repeat(17_000)}`]);
    expect(await (await openRaw(port, text)).closed()).toMatch(/^HTTP\/1\.1 431 /);
  });

  it("a forbidden key late in a long body ends the request before LiteLLM has it all", async () => {
    const rig = await startRig();
    const complete: boolean[] = [];
    await rig.serve((request) => {
      request
        .resume()
        .on("close", () => complete.push(request.complete))
        .on("error", () => undefined);
    });
    const body = `{"messages":"${"x".repeat(2_000_000)}","mock_response":"x"}`;
    const answer = await ask(rig.port, { body });
    expect([answer.status, answer.body.toString()]).toEqual([
      400,
      expect.stringContaining("mock_response"),
    ]);
    await until(() => complete.length === 1, { what: "the end upstream" });
    expect(complete).toEqual([false]);
  });
});

describe("times", () => {
  it("a client that sends its head slowly is cut and does not delay another", async () => {
    const { port } = await servingRig({ limits: { headersMs: 1_500 } });
    const slow = await Promise.all(Array.from({ length: 200 }, () => openRaw(port, "GET /v1/mo")));
    const drip = setInterval(() => {
      for (const client of slow) client.socket.write("d");
    }, 50);
    onTestFinished(() => clearInterval(drip));
    const cut = Promise.race(slow.map((client) => client.closed())).then(() => "cut");
    const answered = ask(port).then(({ status }) => status);
    expect(await Promise.race([answered, cut]), "who comes first").toBe(200);
    for (const client of slow) await client.closed();
    expect(slow[0]?.text()).toMatch(/^HTTP\/1\.1 408 /);
  });

  it("a connection that says nothing is closed", async () => {
    const { port } = await servingRig({ limits: { headersMs: 200 } });
    const client = await openRaw(port);
    expect(await client.closed()).toMatch(/^HTTP\/1\.1 408 |^$/);
  });

  it.each([50_000, 300_000])("a body that stops after some of %i bytes gets 408", async (size) => {
    const rig = await servingRig({ limits: { bodyIdleMs: 100, lingerMs: 50 } });
    const lines = [`Content-Length: ${size}`];
    const client = await openRaw(
      rig.port,
      rawRequest(rig.port, "POST /v1/completions", lines, "{"),
    );
    expect(await client.closed()).toMatch(/^HTTP\/1\.1 408 /);
    await until(() => rig.upstreams.load().serving[0]?.inFlight === 0, { what: "the lease's end" });
  });

  it("a refused body may go on a moment, so that the answer is read, but not for ever", async () => {
    const { port } = await servingRig({ limits: { lingerMs: 200 } });
    const head = rawRequest(port, "POST /nowhere", ["Content-Length: 40000000"]);
    const client = await openRaw(port, head);
    const drip = setInterval(() => client.socket.write("x".repeat(1_000)), 10);
    onTestFinished(() => clearInterval(drip));
    const started = performance.now();
    expect(await client.closed()).toMatch(/^HTTP\/1\.1 404 /);
    expect(performance.now() - started).toBeGreaterThan(150);
  });

  it("connections to LiteLLM are given up before LiteLLM would", async () => {
    const { port, standIn } = await servingRig({ poolIdleMs: 100 });
    await Promise.all(Array.from({ length: 5 }, () => ask(port)));
    expect(standIn.sockets.size).toBeGreaterThan(0);
    await until(() => standIn.sockets.size === 0, { what: "the pool's end" });
    expect((await ask(port)).status).toBe(200);
  });
});

describe("counts", () => {
  it("only so many requests at once", async () => {
    const rig = await startRig({ inFlight: 3 });
    const finish: (() => void)[] = [];
    await rig.serve((_, response) => void finish.push(() => response.end()));
    const running = Array.from({ length: 3 }, () => ask(rig.port));
    await until(() => finish.length === 3, { what: "the running requests" });
    const refused = await ask(rig.port);
    expect([refused.status, refused.headers["x-should-retry"]]).toEqual([503, "true"]);
    for (const end of finish.splice(0)) end();
    await Promise.all(running);
    const next = ask(rig.port);
    await until(() => finish.length === 1, { what: "the next request" });
    finish[0]?.();
    expect((await next).status).toBe(200);
  });

  it("only so many connections", async () => {
    const { port } = await servingRig({ limits: { connections: 3 } });
    const kept = await Promise.all(Array.from({ length: 3 }, () => openRaw(port)));
    const refused = await openRaw(port, rawRequest(port, "GET /v1/models"));
    expect(await refused.closed()).toBe("");
    kept[0]?.socket.destroy();
    const answer = await until(() => ask(port).catch(() => null), { what: "a free place" });
    expect(answer.status).toBe(200);
  });
});

it("logs each request once, without key, query or content", async () => {
  const rig = await servingRig({});
  const body = JSON.stringify({ model: "small\n", messages: "private words" });
  await ask(rig.port, { path: `/v1/completions?key=${WORKER_KEY}`, body });
  await ask(rig.port, { path: "/nowhere?secret", key: null });
  await until(() => rig.lines.length === 2, { what: "the lines" });
  const [first, second] = rig.lines;
  expect(first).toMatch(
    /^access [0-9a-f]{8}-0 worker POST \/v1\/completions model=small\? 200 [\d.]+ms in=\d+ out=6$/,
  );
  expect(second).toMatch(/^access \S+ - POST \/nowhere model=- 401 [\d.]+ms in=0 out=\d+$/);
  expect(rig.lines.join()).not.toMatch(/sk-|private|secret/);
});
