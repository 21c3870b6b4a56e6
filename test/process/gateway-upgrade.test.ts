import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { describe, expect, it } from "vitest";

import { until } from "../fixtures/poll.ts";
import { openRaw, rawRequest } from "./gateway-client.ts";
import { MASTER_KEY, startRig } from "./gateway-rig.ts";

const KEY = "dGhlIHNhbXBsZSBub25jZQ==";
const OFFER = [
  "Connection: keep-alive, Upgrade",
  "Upgrade: websocket",
  `Sec-WebSocket-Key: ${KEY}`,
  "Sec-WebSocket-Version: 13",
];

/** A stand-in that accepts WebSockets and sends back what it gets. */
async function rigOfSockets() {
  const rig = await startRig();
  const requests: IncomingMessage[] = [];
  const sockets: Socket[] = [];
  const standIn = await rig.serve((request, response) => {
    request.resume().on("end", () => response.end(`plain ${request.method} ${request.url}`));
  });
  standIn.server.on("upgrade", (request: IncomingMessage, socket: Socket, early: Buffer) => {
    requests.push(request);
    if (request.url?.includes("denied") === true) {
      socket.end("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno");
      return;
    }
    sockets.push(socket);
    const accept = createHash("sha1").update(`${KEY}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`);
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept.digest("base64")}\r\n\r\nhello`,
    );
    socket.write(early);
    socket.on("data", (chunk) => socket.write(chunk)).on("error", () => undefined);
    socket.on("end", () => socket.end());
  });
  return { ...rig, standIn, requests, sockets };
}

describe("a WebSocket", () => {
  it("goes through, with the master key, both ways and to its end", async () => {
    const rig = await rigOfSockets();
    const text = rawRequest(rig.port, "GET /v1/realtime?model=m", OFFER, "early");
    const client = await openRaw(rig.port, text);
    const head = await client.expect(/\r\n\r\nhelloearly$/);
    expect(head).toMatch(/^HTTP\/1\.1 101 /);
    expect(head).toMatch(/sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=/i);
    expect(head.match(/upgrade: websocket/gi)).toHaveLength(1);
    expect(head).toMatch(/x-sidelite-request-id/);
    expect(rig.requests[0]?.headers).toMatchObject({
      authorization: `Bearer ${MASTER_KEY}`,
      "sec-websocket-key": KEY,
      upgrade: "websocket",
    });
    client.socket.write("\u0081\u0003abc", "latin1");
    await client.expect(/abc$/);
    expect(rig.upstreams.load().serving[0]?.inFlight).toBe(1);
    client.socket.end();
    await client.closed();
    await until(() => rig.lines.length === 1, { what: "the line" });
    expect(rig.lines[0]).toMatch(/ GET \/v1\/realtime model=- 101 /);
    expect(rig.upstreams.load().serving[0]?.inFlight).toBe(0);
  });

  it("ends with whoever leaves", async () => {
    const rig = await rigOfSockets();
    const text = rawRequest(rig.port, "GET /realtime", OFFER);
    const leaving = await openRaw(rig.port, text);
    await leaving.expect(/hello$/);
    leaving.socket.destroy();
    await until(() => rig.sockets[0]?.destroyed === true, { what: "the upstream's end" });
    const staying = await openRaw(rig.port, text);
    await staying.expect(/hello$/);
    rig.sockets[1]?.destroy();
    await staying.closed();
    const cut = await openRaw(rig.port, text);
    await cut.expect(/hello$/);
    await rig.gateway.close(AbortSignal.abort());
    expect(await cut.closed()).toMatch(/^HTTP\/1\.1 101 /);
  });

  it("meets the same guard as any request", async () => {
    const rig = await rigOfSockets();
    const ask = async (start: string, ...more: string[]): Promise<string> =>
      (await openRaw(rig.port, rawRequest(rig.port, start, [...OFFER, ...more]))).closed();
    expect(await ask("GET /v1/realtime", "Origin: https://evil.com")).toMatch(/^HTTP\/1\.1 403 /);
    expect(await ask("GET /ws")).toMatch(/^HTTP\/1\.1 404 /);
    const bare = `GET /v1/realtime HTTP/1.1\r\nHost: 127.0.0.1:${rig.port}\r\n${OFFER.join("\r\n")}\r\n\r\n`;
    expect(await (await openRaw(rig.port, bare)).closed()).toMatch(/^HTTP\/1\.1 401 /);
    expect(rig.requests).toEqual([]);
    expect(await ask("GET /v1/models/denied")).toMatch(/^HTTP\/1\.1 403 [^]*\r\n\r\nno$/);
  });
});

it("survives a client that resets its connection while it waits", async () => {
  const rig = await startRig();
  const client = await openRaw(rig.port, rawRequest(rig.port, "GET /v1/realtime", OFFER));
  await until(() => rig.upstreams.load().held === 1, { what: "the held request" });
  client.socket.resetAndDestroy();
  await until(() => rig.lines.length === 1, { what: "the line" });
  expect(rig.lines[0]).toContain("cut=client");
});

describe("another protocol that is offered", () => {
  const h2c = ["Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABk"];

  it("is ignored: the request is served as it is, with its body", async () => {
    const rig = await rigOfSockets();
    const lines = [...h2c, "Content-Length: 2"];
    const client = await openRaw(
      rig.port,
      rawRequest(rig.port, "POST /v1/completions", lines, "{}"),
    );
    expect(await client.expect(/plain POST \/v1\/completions$/)).toMatch(/^HTTP\/1\.1 200 /);
    client.socket.write(rawRequest(rig.port, "GET /v1/models/again"));
    await client.expect(/plain GET \/v1\/models\/again$/);
    expect(rig.requests).toEqual([]);
    expect(rig.lines).toHaveLength(2);
  });

  it("opens no way around the guard", async () => {
    const rig = await rigOfSockets();
    const lines = [...h2c, "Origin: null"];
    const client = await openRaw(rig.port, rawRequest(rig.port, "GET /v1/models/x", lines));
    expect(await client.expect(/\r\n\r\n/)).toMatch(/^HTTP\/1\.1 403 /);
  });
});

it("gives CONNECT nothing", async () => {
  const rig = await rigOfSockets();
  const client = await openRaw(rig.port, rawRequest(rig.port, "CONNECT example.com:443"));
  expect(await client.closed()).not.toMatch(/ 200 /);
  expect(rig.requests).toEqual([]);
});
