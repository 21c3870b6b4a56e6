import { createHash, randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { Agent } from "node:http";
import { createServer } from "node:net";
import { join } from "node:path";
import { constants, createGzip, gunzipSync, gzipSync } from "node:zlib";
import { describe, expect, it, onTestFinished } from "vitest";

import { LIMITS } from "../../src/gateway/limits.ts";
import { until } from "../fixtures/poll.ts";
import { temporaryFolder } from "../fixtures/temporary-folder.ts";
import { ask, open, openRaw, rawRequest } from "./gateway-client.ts";
import { startRig } from "./gateway-rig.ts";

const sha = (data: Buffer) => createHash("sha256").update(data).digest("hex");

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Answers with the request's own body. */
async function echoRig(options: Parameters<typeof startRig>[0] = {}) {
  const rig = await startRig(options);
  await rig.serve((request, response) => {
    void readAll(request).then((body) => {
      const length = request.headers["content-length"] ?? "chunked";
      response.writeHead(200, { "x-length": length, "content-length": body.length });
      response.end(body);
    });
  });
  return rig;
}

describe("bodies go through byte for byte", () => {
  it("compressed answers stay compressed", async () => {
    const rig = await startRig();
    const body = gzipSync(randomBytes(50_000));
    await rig.serve((_, response) => {
      response.writeHead(200, { "content-encoding": "gzip", "content-length": body.length });
      response.end(body);
    });
    const answer = await ask(rig.port, { headers: { "accept-encoding": "gzip" } });
    expect(answer.headers["content-encoding"]).toBe("gzip");
    expect(answer.body.equals(body)).toBe(true);
  });

  it("events arrive one by one, as they are sent", async () => {
    const rig = await startRig();
    let next: (text: string | null) => void = () => undefined;
    await rig.serve((_, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" }).flushHeaders();
      next = (text) => (text === null ? response.end() : response.write(text));
    });
    const response = await open(rig.port, { body: '{"stream":true}' });
    expect(response.headers["content-type"]).toBe("text/event-stream");
    let received = "";
    response.on("data", (chunk: Buffer) => {
      received += chunk.toString();
    });
    for (const text of ["data: one\n\n", ": ping\n\n", "data: \u{1f600}\r\n\r\n"]) {
      const before = received;
      next(text);
      await until(() => received === before + text, { what: text });
    }
    next(null);
    await until(() => response.complete, { what: "the end" });
  });

  it("events that are compressed arrive one by one, not a byte changed", async () => {
    const rig = await startRig();
    const gzip = createGzip();
    const sent: Buffer[] = [];
    gzip.on("data", (chunk: Buffer) => sent.push(chunk));
    await rig.serve((_, response) => {
      const headers = { "content-type": "text/event-stream", "content-encoding": "gzip" };
      response.writeHead(200, headers).flushHeaders();
      gzip.pipe(response);
    });
    const response = await open(rig.port, { body: '{"stream":true}' });
    const received: Buffer[] = [];
    response.on("data", (chunk: Buffer) => received.push(chunk));
    const all = () => Buffer.concat(sent);
    for (const event of ["data: one\n\n", ": ping\n\n", "data: \u{1f600}\r\n\r\n"]) {
      const before = all().length;
      gzip.write(event);
      gzip.flush(constants.Z_SYNC_FLUSH);
      await until(() => all().length > before && Buffer.concat(received).equals(all()), {
        what: event,
      });
    }
    gzip.end();
    await until(() => response.complete, { what: "the end" });
    expect(sha(Buffer.concat(received))).toBe(sha(all()));
    const text = gunzipSync(Buffer.concat(received)).toString();
    expect(text).toBe("data: one\n\n: ping\n\ndata: \u{1f600}\r\n\r\n");
  });

  it.each([0, 1, 1_000, 65_536, 131_072, 131_073, 1_000_000, LIMITS.bodyBytes])(
    "%i bytes up and down, with a length and in chunks",
    async (size) => {
      const { port } = await echoRig();
      const text = `{"messages":"${"x".repeat(Math.max(0, size - 15))}"}`;
      const body = Buffer.from(size < 15 ? " ".repeat(size) : text);
      const json = size < 15 && size > 0 ? "audio/wav" : "application/json";
      const path = json === "audio/wav" ? "/extra" : "/v1/completions";
      for (const headers of [{ "content-type": json }, { "transfer-encoding": "chunked" }]) {
        const answer = await ask(port, { body, headers, path });
        if (path === "/extra") expect(answer.status).toBe(404);
        else expect([answer.status, sha(answer.body)]).toEqual([200, sha(body)]);
      }
    },
  );

  it("none of 10,000 requests is lost or altered", async () => {
    const rounds = 10_000;
    const rig = await echoRig();
    const agent = new Agent({ keepAlive: true, maxSockets: 16 });
    onTestFinished(() => agent.destroy());
    let next = 0;
    let wrong = 0;
    const client = async (): Promise<void> => {
      while (next < rounds) {
        const number = next++;
        const body = JSON.stringify({ number, text: "y".repeat(number % 5_000) });
        const answer = await ask(rig.port, { body, agent });
        if (answer.status !== 200 || answer.body.toString() !== body) wrong += 1;
      }
    };
    await Promise.all(Array.from({ length: 16 }, client));
    expect(wrong).toBe(0);
    await until(() => rig.lines.length === rounds, { what: "a line for each request" });
    expect(new Set(rig.lines.map((line) => line.split(" ")[1])).size).toBe(rounds);
    expect(rig.upstreams.load().serving[0]?.inFlight).toBe(0);
  });
});

describe("kinds of answers", () => {
  it.each([
    ["204", "HTTP/1.1 204 No Content\r\nX-A: b\r\n\r\n", 204, ""],
    ["304", "HTTP/1.1 304 Not Modified\r\nETag: x\r\n\r\n", 304, ""],
    ["until the connection's end", "HTTP/1.1 200 OK\r\n\r\nall", 200, "all"],
    ["of HTTP/1.0", "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", 200, "ok"],
    [
      "behind an interim one",
      "HTTP/1.1 103 Hint\r\n\r\nHTTP/1.1 201 Y\r\nContent-Length: 1\r\n\r\nz",
      201,
      "z",
    ],
    [
      "an error",
      "HTTP/1.1 429 Slow\r\nRetry-After: 3\r\nContent-Length: 4\r\n\r\nslow",
      429,
      "slow",
    ],
    ["no HTTP", "SSH-2.0-OpenSSH\r\n\r\n", 502, null],
    [
      "two lengths",
      "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
      502,
      null,
    ],
    ["a bad header", "HTTP/1.1 200 OK\r\nX-A: a\u0001b\r\nContent-Length: 0\r\n\r\n", 503, null],
    ["nothing", "", 503, null],
  ])("%s", async (_, bytes, status, body) => {
    const rig = await startRig();
    const path = join(await temporaryFolder(), "raw.sock");
    const server = createServer((socket) => {
      socket.once("data", () => socket.end(bytes, "latin1"));
    });
    onTestFinished(() => void server.close());
    await new Promise<void>((resolve) => {
      server.listen(path, resolve);
    });
    rig.upstreams.add("raw", { kind: "unix", path });
    const answer = await ask(rig.port, { body: "{}" });
    expect(answer.status).toBe(status);
    if (body !== null) expect(answer.body.toString()).toBe(body);
    else expect(answer.body.toString()).toContain(answer.headers["x-sidelite-request-id"]);
  });

  it("of HEAD have no body and keep their headers", async () => {
    const rig = await startRig();
    await rig.serve((_, response) => response.writeHead(200, { "content-length": 500 }).end());
    const answer = await ask(rig.port, { method: "HEAD", path: "/v1/models/x" });
    expect([answer.status, answer.headers["content-length"], answer.body.length]).toEqual([
      200,
      "500",
      0,
    ]);
    expect((await ask(rig.port, { method: "HEAD", path: "/v1/models/x" })).status).toBe(200);
  });
});

describe("ways of asking", () => {
  it("waits for 100-continue only after the guard let the request in", async () => {
    const { port } = await echoRig({ limits: { bodyBytes: 1_000 } });
    const lines = ["Expect: 100-continue", "Content-Length: 2"];
    const client = await openRaw(port, rawRequest(port, "POST /v1/completions", lines));
    await client.expect(/^HTTP\/1\.1 100 Continue\r\n\r\n$/);
    client.socket.write("{}");
    await client.expect(/HTTP\/1\.1 200 OK[^]*\{\}$/);
    for (const [start, more, status] of [
      ["POST /nowhere", "Content-Length: 2", 404],
      ["POST /v1/completions", "Content-Length: 5000", 413],
    ] as const) {
      const refused = await openRaw(port, rawRequest(port, start, ["Expect: 100-continue", more]));
      expect(await refused.expect(/\r\n\r\n/)).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    }
    const other = await openRaw(port, rawRequest(port, "POST /v1/completions", ["Expect: 200-ok"]));
    expect(await other.expect(/\r\n\r\n/)).toMatch(/^HTTP\/1\.1 417 /);
  });

  it("serves HTTP/1.0, to the end of the connection", async () => {
    const rig = await startRig();
    await rig.serve((_, response) => {
      response.write("one");
      response.end("two");
    });
    const text = rawRequest(rig.port, "GET /v1/models/x").replace("HTTP/1.1", "HTTP/1.0");
    const answer = await (await openRaw(rig.port, text)).closed();
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK[^]*\r\n\r\nonetwo$/);
    expect(answer).not.toMatch(/transfer-encoding/i);
  });

  it("answers pipelined requests in order", async () => {
    const rig = await startRig();
    await rig.serve((request, response) => {
      const wait = request.url?.endsWith("/slow") === true ? 50 : 0;
      setTimeout(() => response.end(`<${request.url}>`), wait);
    });
    const starts = ["GET /v1/models/slow", "GET /v1/models/b", "GET /nowhere", "GET /v1/models/c"];
    const client = await openRaw(
      rig.port,
      starts.map((start) => rawRequest(rig.port, start)).join(""),
    );
    const text = await client.expect(/models\/c>/);
    const order = [...text.matchAll(/<\/v1\/models\/(\w+)>|404 Not Found/g)].map(
      ([found]) => found,
    );
    expect(order).toEqual([
      "</v1/models/slow>",
      "</v1/models/b>",
      "404 Not Found",
      "</v1/models/c>",
    ]);
  });

  it("passes on an answer that comes before the body's end", async () => {
    const rig = await startRig({ limits: { lingerMs: 100 } });
    await rig.serve((_, response) => response.writeHead(413).end("enough"));
    const size = 10_000_000;
    const lines = [`Content-Length: ${size}`];
    const head = rawRequest(rig.port, "POST /v1/completions", lines, "{".padEnd(size / 2, " "));
    const client = await openRaw(rig.port, head);
    expect(await client.closed()).toMatch(/^HTTP\/1\.1 413 [^]*enough/);
    expect(rig.upstreams.load().serving[0]?.inFlight).toBe(0);
    expect((await ask(rig.port, { body: "{}" })).status).toBe(413);
  });

  it("drops the trailers of a request and nothing else of it", async () => {
    const { port } = await echoRig();
    const lines = ["Transfer-Encoding: chunked", "Trailer: X-Sum"];
    const body = "2\r\n{}\r\n0\r\nX-Sum: 1\r\n\r\n";
    const client = await openRaw(port, rawRequest(port, "POST /v1/completions", lines, body));
    expect(await client.expect(/\{\}$/)).toMatch(/^HTTP\/1\.1 200 OK\r\nx-length: 2\r\n/);
  });

  it("keeps repeated headers and the request target as they are", async () => {
    const rig = await startRig();
    await rig.serve((request, response) => {
      response.setHeader("set-cookie", ["a=1", "b=2"]);
      response.end(JSON.stringify([request.url, request.rawHeaders]));
    });
    const path = "/v1/chat/completions?a=%2e%2E&b=+&c";
    const headers = { "X-Two": ["1", "2"], "X-Caf\u00e9": "no" };
    const answer = await ask(rig.port, {
      path,
      body: "{}",
      headers: { "X-Two": headers["X-Two"] } as never,
    });
    const [url, raw] = JSON.parse(answer.body.toString()) as [string, string[]];
    expect(url).toBe(path);
    expect(raw.filter((_, index) => raw[index - 1] === "X-Two")).toEqual(["1", "2"]);
    expect(answer.headers["set-cookie"]).toEqual(["a=1", "b=2"]);
  });
});
