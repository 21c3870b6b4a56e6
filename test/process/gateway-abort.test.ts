import { createHash, randomBytes } from "node:crypto";
import { readdirSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { describe, expect, it } from "vitest";

import { until } from "../fixtures/poll.ts";
import { ROUNDS } from "../fixtures/rounds.ts";
import { ask, open, openRaw, rawRequest } from "./gateway-client.ts";
import { startRig } from "./gateway-rig.ts";

/** F3 with the time that a client needs to see it; the best of some tries, as the machine is shared. */
const CUT_MS = 200;
const CUT_TRIES = 3;

const openFiles = (): number => readdirSync("/proc/self/fd").length;

/** Streams whose answers begin and never end. */
async function rigOfStreams() {
  const rig = await startRig();
  const running = new Set<ServerResponse>();
  const standIn = await rig.serve((request, response) => {
    request.resume();
    response.write("data: begun\n\n");
    running.add(response);
    response.on("close", () => running.delete(response));
  });
  const idle = (): boolean => rig.upstreams.load().serving.every(({ inFlight }) => inFlight === 0);
  return { ...rig, running, standIn, idle };
}

describe("a client that leaves", () => {
  it("takes its request away from LiteLLM, before and in the middle of the answer", async () => {
    const rig = await rigOfStreams();
    const streaming = await open(rig.port, { body: "{}" });
    await until(() => rig.running.size === 1, { what: "the stream" });
    streaming.destroy();
    await until(() => rig.running.size === 0, { what: "the abort upstream", deadlineMs: 1_000 });
    let isAborted = false;
    const silent = await startRig();
    await silent.serve((_, response) => {
      response.on("close", () => {
        isAborted = true;
      });
    });
    const waiting = await openRaw(silent.port, rawRequest(silent.port, "GET /v1/models/x"));
    await until(() => silent.upstreams.load().serving[0]?.inFlight === 1, { what: "the request" });
    waiting.socket.destroy();
    await until(() => isAborted, { what: "the abort upstream", deadlineMs: 1_000 });
    expect([rig.idle(), rig.lines[0]]).toEqual([true, expect.stringContaining("cut=client")]);
  });

  it("in the middle of its body leaves LiteLLM no complete request", async () => {
    const rig = await startRig();
    const seen: boolean[] = [];
    let begun = 0;
    await rig.serve((request) => {
      request.once("data", () => {
        begun += 1;
      });
      request.on("close", () => seen.push(request.complete)).on("error", () => undefined);
    });
    for (const lines of [["Content-Length: 300000"], ["Transfer-Encoding: chunked"]]) {
      const body = lines[0]?.startsWith("C") === true ? "{" : "30000\r\n{";
      const text = rawRequest(rig.port, "POST /v1/completions", lines, body.padEnd(150_000, " "));
      const client = await openRaw(rig.port, text);
      const count = seen.length;
      await until(() => begun === count + 1, { what: "the body's beginning" });
      client.socket.destroy();
      await until(() => rig.lines.length === count + 1, { what: "the end" });
      await until(() => seen.length === count + 1, { what: "the end upstream" });
    }
    expect(seen).toEqual([false, false]);
  });

  it("leaves nothing behind, a thousand times", async () => {
    const rig = await rigOfStreams();
    const abortAll = async (count: number): Promise<void> => {
      for (let left = count; left > 0; left -= 10) {
        const streams = await Promise.all(
          Array.from({ length: 10 }, () => open(rig.port, { body: '{"stream":true}' })),
        );
        for (const stream of streams) stream.destroy();
        await until(() => rig.running.size === 0 && rig.idle(), { what: "the aborts", everyMs: 2 });
      }
    };
    await abortAll(50);
    const files = openFiles();
    global.gc?.();
    const heap = process.memoryUsage().heapUsed;
    await abortAll(ROUNDS * 50);
    await until(() => openFiles() <= files + 5, { what: `files near ${files}` });
    await until(() => process.memoryUsage().heapUsed < heap + 20e6, { what: "a flat heap" });
    expect(rig.standIn.sockets.size).toBeLessThanOrEqual(1);
  });
});

describe("a LiteLLM that dies", () => {
  it("cuts the answers under way at once (F3), with no sign of completeness", async () => {
    const times: number[] = [];
    while (times.length < CUT_TRIES && !times.some((ms) => ms < CUT_MS)) {
      times.push(await cutOnce());
    }
    expect(Math.min(...times)).toBeLessThan(CUT_MS);
  });

  /** How long it took until both clients saw it. */
  async function cutOnce(): Promise<number> {
    const rig = await rigOfStreams();
    const text = rawRequest(rig.port, "GET /v1/models/x");
    const chunked = await openRaw(rig.port, text);
    const old = await openRaw(rig.port, text.replace("HTTP/1.1", "HTTP/1.0"));
    let wasReset = false;
    old.socket.on("error", (error) => {
      wasReset = "code" in error && error.code === "ECONNRESET";
    });
    await Promise.all([chunked.expect(/begun/), old.expect(/begun/)]);
    const started = performance.now();
    rig.standIn.kill();
    const received = await chunked.closed();
    await old.closed();
    const taken = performance.now() - started;
    expect(received).not.toMatch(/\r\n0\r\n/);
    expect(wasReset).toBe(true);
    expect(rig.lines).toEqual([
      expect.stringContaining("cut=upstream"),
      expect.stringContaining("cut=upstream"),
    ]);
    return taken;
  }

  it("cuts an answer with a length short of it", async () => {
    const rig = await startRig();
    const standIn = await rig.serve((_, response) => {
      response.writeHead(200, { "content-length": 10 });
      response.write("half");
    });
    const response = await open(rig.port);
    let text = "";
    const failed = new Promise<Error>((resolve) => {
      response.on("error", resolve).on("data", (chunk: Buffer) => {
        text += chunk.toString();
        standIn.kill();
      });
    });
    expect(await failed).toMatchObject({ code: "ECONNRESET" });
    expect(text).toBe("half");
  });

  it("gives 503 for requests that had no answer yet, and never sends them again", async () => {
    const rig = await startRig();
    const seen: string[] = [];
    const first = await rig.serve(
      (request) => void seen.push(request.headers["x-number"] as string),
    );
    const asked = [1, 2, 3].map((number) =>
      ask(rig.port, { body: "{}", headers: { "x-number": `${number}` } }),
    );
    await until(() => seen.length === 3, { what: "the requests" });
    await rig.serve((request, response) => {
      seen.push(request.headers["x-number"] as string);
      response.end();
    });
    first.kill();
    rig.upstreams.remove(first.id);
    for (const answer of await Promise.all(asked)) {
      expect(answer.status).toBe(503);
      expect(answer.headers).toMatchObject({ "retry-after": "1", "x-should-retry": "true" });
    }
    expect(seen.toSorted()).toEqual(["1", "2", "3"]);
    expect((await ask(rig.port, { headers: { "x-number": "4" } })).status).toBe(200);
  });

  it("does not reset a client that is still sending its body", async () => {
    const rig = await startRig();
    let begun = false;
    const standIn = await rig.serve((request) => {
      request.on("data", () => {
        begun = true;
      });
    });
    const lines = ["Content-Length: 400000"];
    const start = rawRequest(rig.port, "POST /v1/completions", lines, "{".padEnd(200_000, " "));
    const client = await openRaw(rig.port, start);
    await until(() => begun, { what: "the body's beginning" });
    standIn.kill();
    expect(await client.expect(/\r\n\r\n/)).toMatch(/^HTTP\/1\.1 503 /);
  });
});

it("lets a stream be silent for longer than every limit", async () => {
  const limits = { headersMs: 100, bodyIdleMs: 100, keepAliveMs: 100, lingerMs: 100, retryMs: 100 };
  const rig = await startRig({ limits, poolIdleMs: 100, holdMs: 100 });
  await rig.serve((request, response) => {
    request.resume();
    response.write("data: begun\n\n");
    setTimeout(() => response.end("data: done\n\n"), 1_000);
  });
  const answer = await ask(rig.port, { body: '{"stream":true}' });
  expect(answer.body.toString()).toBe("data: begun\n\ndata: done\n\n");
});

describe("back-pressure", () => {
  it("keeps memory flat while a slow reader takes a large answer", async () => {
    const rig = await startRig();
    const block = randomBytes(1024 * 1024);
    const blocks = 100;
    let sent = 0;
    await rig.serve((_, response) => {
      const more = (): void => {
        while (sent < blocks) {
          sent += 1;
          if (!response.write(block)) {
            response.once("drain", more);
            return;
          }
        }
        response.end();
      };
      more();
    });
    const response = await open(rig.port, { body: "{}" });
    response.pause();
    global.gc?.();
    const before = process.memoryUsage().rss;
    let last = -1;
    await until(
      () => {
        const isStill = sent === last;
        last = sent;
        return isStill;
      },
      { what: "the sender to wait", everyMs: 200 },
    );
    expect(sent).toBeLessThan(20);
    expect(process.memoryUsage().rss - before).toBeLessThan(64e6);
    const hash = createHash("sha256");
    for await (const chunk of response) hash.update(chunk as Buffer);
    const whole = createHash("sha256");
    for (let index = 0; index < blocks; index++) whole.update(block);
    expect(hash.digest("hex")).toBe(whole.digest("hex"));
  });

  it("holds a fast sender back while LiteLLM does not read", async () => {
    const rig = await startRig();
    let read: (() => void) | undefined;
    await rig.serve((request, response) => {
      request.pause();
      read = () => void request.resume().on("end", () => response.end("read"));
    });
    const size = 40 * 1024 * 1024;
    const head = rawRequest(rig.port, "POST /v1/completions", [`Content-Length: ${size}`]);
    const client = await openRaw(rig.port, head);
    const body = Buffer.alloc(size, " ");
    body.write("{", 0);
    body.write("}", size - 1);
    client.socket.write(body);
    let last = -1;
    const taken = (): number => size - client.socket.writableLength;
    await until(
      () => {
        const isStill = client.socket.bytesWritten === last;
        last = client.socket.bytesWritten;
        return isStill && read !== undefined;
      },
      { what: "the sender to wait", everyMs: 200 },
    );
    expect(taken()).toBeLessThan(size);
    read?.();
    await client.expect(/read$/, 20_000);
  });
});

it("keeps 500 streams at once apart", async () => {
  const rig = await startRig();
  const streams = 500;
  await rig.serve((request, response) => {
    const name = request.headers["x-number"] as string;
    let left = 20;
    const tick = (): void => {
      if (left-- === 0) response.end();
      else response.write(`data: ${name}:${left}\n\n`, () => setImmediate(tick));
    };
    request.resume().on("end", tick);
  });
  const answers = await Promise.all(
    Array.from({ length: streams }, (_, number) =>
      ask(rig.port, { body: "{}", headers: { "x-number": `${number}` } }),
    ),
  );
  const expected = (number: number): string =>
    Array.from({ length: 20 }, (_, index) => `data: ${number}:${19 - index}\n\n`).join("");
  expect(answers.every(({ body }, number) => body.toString() === expected(number))).toBe(true);
});
