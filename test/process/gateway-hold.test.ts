import { randomInt } from "node:crypto";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";

import { until } from "../fixtures/poll.ts";
import { temporaryFolder } from "../fixtures/temporary-folder.ts";
import type { Answer } from "./gateway-client.ts";
import { ask, open, openRaw, rawRequest } from "./gateway-client.ts";
import { startRig } from "./gateway-rig.ts";

describe("while nothing serves", () => {
  it("requests wait with their bodies unread, and go when something does", async () => {
    const rig = await startRig();
    const size = 30 * 1024 * 1024;
    const lines = [`Content-Length: ${size}`];
    const client = await openRaw(rig.port, rawRequest(rig.port, "POST /v1/completions", lines));
    client.socket.write(
      Buffer.alloc(size, " ")
        .fill("{", 0, 1)
        .fill("}", size - 1),
    );
    const small = ask(rig.port, { body: '{"model":"small"}' });
    await until(() => rig.upstreams.load().held === 2, { what: "the held requests" });
    expect(client.socket.writableLength).toBeGreaterThan(size / 2);
    await rig.serve((request, response) => {
      let bytes = 0;
      request.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
      });
      request.on("end", () => response.end(`got ${bytes}`));
    });
    expect((await small).body.toString()).toBe("got 17");
    await client.expect(new RegExp(`got ${size}$`), 20_000);
  });

  it("authentication comes first", async () => {
    const rig = await startRig();
    expect((await ask(rig.port, { key: "sk-wrong" })).status).toBe(401);
    expect(rig.upstreams.load().held).toBe(0);
  });

  it("they wait no longer than the budget, and hear of it in their dialect", async () => {
    const rig = await startRig({ holdMs: 50 });
    const openai = await ask(rig.port, { body: "{}" });
    expect([openai.status, openai.headers["retry-after"]]).toEqual([503, "5"]);
    expect(JSON.parse(openai.body.toString())).toMatchObject({
      error: { type: "api_error", request_id: openai.headers["x-sidelite-request-id"] },
    });
    const anthropic = await ask(rig.port, { body: "{}", path: "/v1/messages?beta=true" });
    expect(JSON.parse(anthropic.body.toString())).toMatchObject({
      type: "error",
      error: { type: "overloaded_error" },
    });
  });

  it("only so many wait", async () => {
    const rig = await startRig({ held: 2, holdMs: 5_000 });
    const held = [ask(rig.port), ask(rig.port)];
    await until(() => rig.upstreams.load().held === 2, { what: "the held requests" });
    expect((await ask(rig.port)).status).toBe(503);
    await rig.serve((_, response) => response.end());
    expect((await Promise.all(held)).map(({ status }) => status)).toEqual([200, 200]);
  });

  it("one that leaves gives up its place", async () => {
    const rig = await startRig();
    const client = await openRaw(rig.port, rawRequest(rig.port, "GET /v1/models/x"));
    await until(() => rig.upstreams.load().held === 1, { what: "the held request" });
    client.socket.destroy();
    await until(() => rig.upstreams.load().held === 0, { what: "its end" });
    await until(() => rig.lines.length === 1, { what: "its line" });
    expect(rig.lines[0]).toMatch(/ 0 [\d.]+ms in=0 out=0 cut=client$/);
  });

  it("all hear the reason when LiteLLM has failed for good", async () => {
    const rig = await startRig();
    const held = ask(rig.port);
    await until(() => rig.upstreams.load().held === 1, { what: "the held request" });
    rig.upstreams.refuse("LiteLLM failed: exit code 3");
    for (const answer of [await held, await ask(rig.port)]) {
      expect(answer.status).toBe(503);
      expect(answer.body.toString()).toContain("LiteLLM failed: exit code 3");
    }
  });
});

describe("the model list", () => {
  it("comes from the configuration while LiteLLM boots, and from LiteLLM once it serves", async () => {
    const rig = await startRig({ limits: { modelsHoldMs: 50 } });
    const list = (): Promise<Answer> => ask(rig.port, { path: "/v1/models", method: "GET" });
    const early = await list();
    expect(early.status).toBe(200);
    expect(JSON.parse(early.body.toString())).toMatchObject({
      object: "list",
      data: [{ id: "small" }, { id: "large" }],
    });
    await rig.serve((_, response) => response.end("LiteLLM's own"));
    expect((await list()).body.toString()).toBe("LiteLLM's own");
  });

  it("is LiteLLM's own when LiteLLM is there in time", async () => {
    const rig = await startRig({ limits: { modelsHoldMs: 10_000 } });
    const answer = ask(rig.port, { path: "/models", method: "GET" });
    await until(() => rig.upstreams.load().held === 1, { what: "the held request" });
    await rig.serve((_, response) => response.end("LiteLLM's own"));
    expect((await answer).body.toString()).toBe("LiteLLM's own");
  });
});

describe("a process that cannot be reached", () => {
  it("does not fail a request: it waits for the next one", async () => {
    const rig = await startRig();
    rig.upstreams.add("dead", { kind: "unix", path: join(await temporaryFolder(), "none.sock") });
    const body = JSON.stringify({ text: "x".repeat(500_000) });
    const answers = [ask(rig.port, { body }), ask(rig.port, { body: "{}" })];
    await until(() => rig.upstreams.load().held === 2, { what: "the retries" });
    rig.upstreams.remove("dead");
    await rig.serve((request, response) => {
      let bytes = 0;
      request.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
      });
      request.on("end", () => response.end(`${bytes}`));
    });
    const received = (await Promise.all(answers)).map(({ body: bytes }) => bytes.toString());
    expect(received).toEqual([`${body.length}`, "2"]);
  });

  it("fails it after a while, if it stays so", async () => {
    const rig = await startRig({ limits: { retryMs: 250 } });
    rig.upstreams.add("dead", { kind: "unix", path: join(await temporaryFolder(), "none.sock") });
    expect((await ask(rig.port)).status).toBe(503);
  });

  it("loses no request in 20 rounds while processes come, drain and go", async () => {
    const rig = await startRig();
    const answer = (name: string) => rig.serve((_, response) => void response.end(name), name);
    let current = await answer("first");
    let isOver = false;
    const statuses: number[] = [];
    const client = async (): Promise<void> => {
      while (!isOver) statuses.push((await ask(rig.port, { body: "{}" })).status);
    };
    const clients = Array.from({ length: 4 }, client);
    for (let round = 0; round < 20; round++) {
      const old = current;
      const isGap = randomInt(2) === 0;
      if (!isGap) current = await answer(`round ${round}`);
      await rig.upstreams.drain(old.id);
      await until(() => old.sockets.size === 0, { what: `no connection left, round ${round}` });
      old.kill();
      if (isGap) current = await answer(`round ${round}`);
      const count = statuses.length;
      await until(() => statuses.length > count + 10, { what: "traffic", everyMs: 1 });
    }
    isOver = true;
    await Promise.all(clients);
    expect(statuses.filter((status) => status !== 200)).toEqual([]);
  });
});

it("ends a draining process's streams by themselves, not by force", async () => {
  const rig = await startRig();
  let finish: () => void = () => undefined;
  const old = await rig.serve((_, response) => {
    response.write("one ");
    finish = () => void response.end("two");
  });
  const response = await open(rig.port, { body: "{}" });
  let isDrained = false;
  const drained = rig.upstreams.drain(old.id).then(() => {
    isDrained = true;
  });
  await rig.serve((_, answer) => answer.end("new"));
  expect((await ask(rig.port)).body.toString()).toBe("new");
  expect(isDrained).toBe(false);
  finish();
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  expect(Buffer.concat(chunks).toString()).toBe("one two");
  await drained;
});

it("notices a dead kept-alive connection before it sends a request on it", async () => {
  const rig = await startRig();
  const path = join(await temporaryFolder(), "short.sock");
  let requests = 0;
  const server = createServer((socket) => {
    socket.on("data", () => {
      requests += 1;
      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
      // The connection ends with the answer, unannounced.
      socket.destroySoon();
    });
  });
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => {
    server.listen(path, resolve);
  });
  rig.upstreams.add("short", { kind: "unix", path });
  for (let round = 0; round < 10; round++) {
    expect((await ask(rig.port, { body: "{}" })).status).toBe(200);
  }
  expect(requests).toBe(10);
});
