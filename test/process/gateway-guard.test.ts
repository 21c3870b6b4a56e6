import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";

import { ask, openRaw, rawRequest } from "./gateway-client.ts";
import { LIMITED_KEY, MASTER_KEY, startRig, WORKER_KEY } from "./gateway-rig.ts";

async function rigWithEcho(allowPaths: readonly string[] = []) {
  const rig = await startRig({ allowPaths });
  const seen: { path: string; headers: Record<string, unknown>; raw: string[] }[] = [];
  await rig.serve((request, response) => {
    seen.push({ path: request.url ?? "", headers: request.headers, raw: request.rawHeaders });
    request.resume().on("end", () => response.end("served"));
  });
  return { ...rig, seen };
}

describe("who may come in", () => {
  it("listens on 127.0.0.1 only", async () => {
    const { port } = await startRig();
    const hex = port.toString(16).toUpperCase().padStart(4, "0");
    const tables = await Promise.all([readFile("/proc/net/tcp"), readFile("/proc/net/tcp6")]);
    const listening = tables
      .flatMap((table) => table.toString().split("\n"))
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => fields[1]?.endsWith(`:${hex}`) === true && fields[3] === "0A");
    expect(listening.map((fields) => fields[1])).toEqual([`0100007F:${hex}`]);
  });

  it("answers 401 to every method on every path without a key", async () => {
    const { port, seen } = await rigWithEcho();
    for (const path of [
      "/",
      "/docs",
      "/openapi.json",
      "/ui",
      "/metrics",
      "/health",
      "/v1/models",
      "/_sidelite/health/more",
    ]) {
      for (const method of ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "PURGE"]) {
        for (const key of [null, "sk-wrong", `${WORKER_KEY}x`, WORKER_KEY.slice(0, -1)]) {
          expect((await ask(port, { path, method, key })).status).toBe(401);
        }
      }
    }
    expect(seen).toEqual([]);
  });

  it("opens its health path to everybody and says nothing there", async () => {
    const { port } = await startRig();
    const answer = await ask(port, { path: "/_sidelite/health", method: "GET", key: null });
    expect([answer.status, answer.body.length]).toEqual([204, 0]);
  });

  it("takes the key where each SDK puts it, and shows LiteLLM the master key alone", async () => {
    const { port, seen } = await rigWithEcho();
    for (const name of ["x-api-key", "api-key", "x-goog-api-key", "X-Api-Key"]) {
      const headers = { [name]: WORKER_KEY, cookie: "token=1", "x-litellm-api-key": "sk-other" };
      expect((await ask(port, { key: null, headers })).status).toBe(200);
    }
    expect((await ask(port, { headers: { authorization: `bearer  ${WORKER_KEY}` } })).status).toBe(
      200,
    );
    expect(seen).toHaveLength(5);
    for (const { headers, raw } of seen) {
      expect(headers["authorization"]).toBe(`Bearer ${MASTER_KEY}`);
      expect(raw.join("\n")).not.toContain(WORKER_KEY);
      expect(Object.keys(headers)).not.toEqual(
        expect.arrayContaining([expect.stringMatching(/cookie|api-key/)]),
      );
    }
  });
});

describe("Host and Origin", () => {
  it("answers only to its own address", async () => {
    const { port, seen } = await rigWithEcho();
    const foreign = [
      "evil.com",
      `evil.com:${port}`,
      `127.0.0.1.evil.com:${port}`,
      `localhost.evil.com:${port}`,
      `127.attacker.example:${port}`,
      "127.0.0.1",
      `127.0.0.1:${port + 1}`,
      `LOCALHOST:${port}`,
      `localhost.:${port}`,
      `user@127.0.0.1:${port}`,
      "",
    ];
    for (const host of foreign) {
      const start = `GET /v1/models HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n`;
      const client = await openRaw(port, `${start}Authorization: Bearer ${WORKER_KEY}\r\n\r\n`);
      expect(await client.closed(), host).toMatch(/^HTTP\/1\.1 421 /);
    }
    for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`]) {
      expect((await ask(port, { headers: { host } })).status).toBe(200);
    }
    expect(seen).toHaveLength(3);
  });

  it("refuses a missing or repeated Host and a whole URL as target", async () => {
    const { port, seen } = await rigWithEcho();
    const key = `Authorization: Bearer ${WORKER_KEY}`;
    const own = `Host: 127.0.0.1:${port}`;
    for (const head of [
      `GET /v1/models HTTP/1.1\r\n${key}`,
      `GET /v1/models HTTP/1.0\r\n${key}`,
      `GET /v1/models HTTP/1.1\r\n${own}\r\n${own}\r\n${key}`,
      `GET http://127.0.0.1:${port}/v1/models HTTP/1.1\r\n${own}\r\n${key}`,
      `GET http://user:x@evil.com/v1/models HTTP/1.1\r\n${own}\r\n${key}`,
    ]) {
      const client = await openRaw(port, `${head}\r\nConnection: close\r\n\r\n`);
      expect(await client.closed(), head).toMatch(/^HTTP\/1\.[01] (421|400) /);
    }
    expect(seen).toEqual([]);
  });

  it("sees what stands behind a thousand other headers", async () => {
    const { port, seen } = await rigWithEcho();
    const many = Array.from({ length: 2_500 }, () => "a:");
    const statusFor = async (line: string, body = ""): Promise<string> => {
      const text = rawRequest(port, "POST /v1/completions", [...many, line], body);
      return (await (await openRaw(port, text)).expect(/\r\n\r\n/)).slice(9, 12);
    };
    expect(await statusFor("Origin: null")).toBe("403");
    expect(await statusFor("Host: evil.com")).toBe("421");
    // A body that is not seen would be left out.
    expect(await statusFor("Content-Length: 2", "[]")).toBe("400");
    expect(seen).toEqual([]);
  });

  it("refuses web pages, preflights included, and never sends a CORS header", async () => {
    const rig = await startRig();
    await rig.serve((_, response) => {
      response.setHeader("Access-Control-Allow-Origin", "*");
      response.end();
    });
    const refused = [
      { origin: "null" },
      { origin: `http://127.0.0.1:${rig.port}` },
      { origin: "https://evil.com", "access-control-request-method": "POST" },
      { "sec-fetch-site": "cross-site" },
      { "sec-fetch-site": "same-site" },
    ];
    for (const headers of refused) {
      for (const method of ["GET", "POST", "OPTIONS"]) {
        const answer = await ask(rig.port, { headers, method, path: "/v1/models" });
        expect(answer.status).toBe(403);
        expect(Object.keys(answer.headers).join()).not.toContain("access-control");
      }
    }
    const fine = await ask(rig.port, { headers: { "sec-fetch-site": "none" } });
    expect([fine.status, Object.keys(fine.headers).join().includes("access-control")]).toEqual([
      200,
      false,
    ]);
  });
});

describe("paths and bodies of a worker's key", () => {
  it("lets inference through, what the user added, and nothing else", async () => {
    const { port, seen } = await rigWithEcho(["/v1/files/*", "/custom"]);
    const open = ["/chat/completions", "/v1/messages?beta=true", "/v1/files/a/b", "/custom?x=1"];
    for (const path of open) expect((await ask(port, { path })).status).toBe(200);
    const closed = ["/", "/key/generate", "/v1/files", "/v1/models/../../key/generate", "/ui"];
    for (const path of closed) expect((await ask(port, { path })).status).toBe(404);
    expect(seen.map(({ path }) => path)).toEqual(open);
  });

  it("lets the master key through to all of LiteLLM", async () => {
    const { port, seen } = await rigWithEcho();
    const body = '{"mock_response": "x", "user_config": {}}';
    for (const path of ["/key/generate", "/model/info", "/v1/chat/completions"]) {
      expect((await ask(port, { path, body, key: MASTER_KEY })).status).toBe(200);
    }
    expect(seen).toHaveLength(3);
  });

  it("refuses overriding keys and forms, whatever the body is called", async () => {
    const { port, seen } = await rigWithEcho();
    const bad = [
      ['{"model":"m","user_config":{}}', "application/json"],
      [String.raw`{"model":"m","mock\u005fresponse":"x"}`, "application/json"],
      ['{"mock_response":"x"}', "application/octet-stream"],
      ['{"model":"a","model":"b"}', "application/json"],
      ["[]", "application/json"],
      ['\u00fe\u00ff{"model":"a"}', "application/json"],
      ['{"model":"a"}', "text/plain"],
      ["model=a&mock_response=x", "application/x-www-form-urlencoded"],
      ["--x--", "multipart/form-data; boundary=x"],
    ] as const;
    for (const [body, type] of bad) {
      const answer = await ask(port, { body, headers: { "content-type": type } });
      expect([400, 415], body).toContain(answer.status);
    }
    const form = { "content-type": "multipart/form-data; boundary=x" };
    const path = "/v1/audio/transcriptions";
    expect((await ask(port, { path, body: "--x--", headers: form })).status).toBe(200);
    expect(seen).toHaveLength(1);
  });

  it("keeps a key to its models, wherever the model stands", async () => {
    const { port, seen } = await rigWithEcho();
    const long = JSON.stringify({ messages: "x".repeat(400_000), model: "small" });
    for (const body of ['{"model":"small"}', long]) {
      expect((await ask(port, { key: LIMITED_KEY, body })).status).toBe(200);
    }
    const other = ['{"model":"large"}', "{}", '{"model":"small","fallbacks":["large"]}'];
    for (const body of other) {
      expect([400, 403]).toContain((await ask(port, { key: LIMITED_KEY, body })).status);
    }
    const late = JSON.stringify({
      messages: "x".repeat(900_000),
      model: "large",
      more: "y".repeat(900_000),
    });
    expect((await ask(port, { key: LIMITED_KEY, body: late })).status).toBe(403);
    const path = "/openai/deployments/large/chat/completions";
    expect((await ask(port, { key: LIMITED_KEY, path, body: '{"model":"small"}' })).status).toBe(
      403,
    );
    const list = await ask(port, { key: LIMITED_KEY, path: "/v1/models", method: "GET" });
    expect(JSON.parse(list.body.toString()).data).toMatchObject([{ id: "small" }]);
    expect(seen).toHaveLength(2);
  });
});

describe("request smuggling", () => {
  it.each([
    ["length and chunked", ["Content-Length: 5", "Transfer-Encoding: chunked"]],
    ["two lengths", ["Content-Length: 5", "Content-Length: 6"]],
    ["the same length twice", ["Content-Length: 5", "Content-Length: 5"]],
    ["a list of lengths", ["Content-Length: 5, 5"]],
    ["a signed length", ["Content-Length: +5"]],
    ["chunked twice", ["Transfer-Encoding: chunked, chunked"]],
    ["a hidden coding", ["Transfer-Encoding: xchunked"]],
    ["a folded line", ["X-A: 1", " Transfer-Encoding: chunked"]],
    ["a space before the colon", ["Transfer-Encoding : chunked"]],
    ["a NUL", ["X-A: a\0b"]],
    ["a hop-by-hop claim on what we decide by", ["Connection: content-type"]],
    ["two content types", ["Content-Type: application/json", "Content-Type: text/plain"]],
  ])("refuses %s", async (_, lines) => {
    const { port, seen } = await rigWithEcho();
    const body = "0\r\n\r\nGET /key/generate HTTP/1.1\r\n\r\n";
    const client = await openRaw(port, rawRequest(port, "POST /v1/completions", lines, body));
    const answer = await client.expect(/\r\n\r\n/);
    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(seen).toEqual([]);
  });

  it.each([
    ["in a header", "GET /v1/models HTTP/1.1\r\nX-A: 1\nX-B: 2\r\n"],
    ["behind the request line", "GET /v1/models HTTP/1.1\n"],
    ["as a carriage return", "GET /v1/models HTTP/1.1\r\nX-A: 1\rX-B: 2\r\n"],
  ])("refuses a bare line feed %s", async (_, start) => {
    const { port, seen } = await rigWithEcho();
    const key = `Authorization: Bearer ${WORKER_KEY}`;
    const client = await openRaw(port, `${start}Host: 127.0.0.1:${port}\r\n${key}\r\n\r\n`);
    expect(await client.expect(/\r\n\r\n/)).toMatch(/^HTTP\/1\.1 400 /);
    expect(seen).toEqual([]);
  });
});
