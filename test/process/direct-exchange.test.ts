import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { UpstreamFailure } from "../../src/core/upstream.ts";
import { useProvider } from "../fixtures/direct/call.ts";
import { answer, json, startUpstream } from "../fixtures/direct/raw-upstream.ts";
import { parseObject } from "../fixtures/json-object.ts";
import { until } from "../fixtures/poll.ts";

const BODY = Buffer.from('{"model":"m","messages":[]}');

describe("what a provider gets", () => {
  it("L1 T7 is the request, byte for byte, under one credential, at the right path", async () => {
    const upstream = await startUpstream();
    const provider = useProvider({ base_url: `${upstream.origin}/team/v1?region=eu` });
    const headers = [
      "Authorization",
      "Bearer local",
      "x-api-key",
      "local",
      "Content-Type",
      "application/json",
    ];
    await provider.call({
      headers: [...headers, "User-Agent", "sdk/1"],
      body: BODY,
      url: "/v1/messages?beta=true",
    });
    const [request] = upstream.requests;
    expect(request?.line).toBe("POST /team/v1/messages?beta=true&region=eu HTTP/1.1");
    expect(request?.body).toEqual(BODY);
    expect(request?.values("authorization")).toEqual(["Bearer sk-provider"]);
    expect(request?.values("content-length")).toEqual([String(BODY.length)]);
    expect(request?.values("host")).toEqual([`127.0.0.1:${upstream.port}`]);
    expect(request?.values("accept-encoding")).toEqual(["identity"]);
    expect(request?.values("user-agent")).toEqual(["sdk/1"]);
    expect(request?.head).not.toContain("local");
  });

  it("T22 a large body is streamed with its length, or chunked where none is known", async () => {
    const upstream = await startUpstream();
    const provider = useProvider({ base_url: upstream.origin });
    const chunks = Array.from({ length: 200 }, (_, index) => Buffer.alloc(16_384, index));
    const whole = Buffer.concat(chunks);
    await provider.call({ body: Readable.from(chunks), bodyLength: whole.length });
    await provider.call({ body: Readable.from(chunks) });
    const [sized, chunked] = upstream.requests;
    expect(sized?.values("content-length")).toEqual([String(whole.length)]);
    expect(sized?.body.equals(whole)).toBe(true);
    expect(chunked?.values("transfer-encoding")).toEqual(["chunked"]);
    expect(chunked?.body.equals(whole)).toBe(true);
  });

  it("any method and path goes through, without a body where there is none", async () => {
    const upstream = await startUpstream();
    const provider = useProvider({ base_url: upstream.origin });
    await provider.call({ method: "GET", url: "/v1/files/f-1/content?x=%2F" });
    await provider.call({ method: "DELETE", url: "/v1/files/f-1" });
    expect(upstream.requests.map(({ line }) => line)).toEqual([
      "GET /v1/files/f-1/content?x=%2F HTTP/1.1",
      "DELETE /v1/files/f-1 HTTP/1.1",
    ]);
    expect(upstream.requests.map(({ body }) => body.length)).toEqual([0, 0]);
  });

  it("connections are used again", async () => {
    const upstream = await startUpstream();
    const provider = useProvider({ base_url: upstream.origin });
    for (let count = 0; count < 5; count += 1) await provider.call({ body: BODY });
    expect(upstream.requests).toHaveLength(5);
    // undici frees a connection one turn of the event loop after its response.
    expect(upstream.accepted).toBeLessThanOrEqual(2);
  });
});

describe("T21 what comes back", () => {
  it("is not decoded, not re-framed, and keeps status and headers", async () => {
    const zipped = gzipSync("x".repeat(10_000));
    const headers = [
      "Content-Encoding: gzip",
      "X-Request-Id: up-1",
      "Set-Cookie: a=b",
      "x-multi: 1",
      "x-multi: 2",
    ];
    const upstream = await startUpstream(
      (_, socket) => void socket.write(answer(418, zipped, headers)),
    );
    const result = await useProvider({ base_url: upstream.origin }).call({ body: BODY });
    expect(result.status).toBe(418);
    expect(result.body.equals(zipped)).toBe(true);
    const sent = [
      `Content-Length: ${zipped.length}`,
      "Content-Encoding: gzip",
      "X-Request-Id: up-1",
    ];
    const kept = [...sent, "x-multi: 1", "x-multi: 2"];
    expect(result.headers).toEqual(kept.flatMap((header) => header.split(": ")));
  });

  it("comes as it comes: an event is passed on before the next one is there", async () => {
    const events = ["data: 1\n\n", "data: é\n\n", ": ping\r\n\r\n", "data: [DONE]\n\n"];
    let release: (() => void) | null = null;
    const upstream = await startUpstream((_, socket) => {
      socket.write(
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n",
      );
      let next = 0;
      release = () => {
        const event = events[next];
        next += 1;
        if (event === undefined) socket.write("0\r\n\r\n");
        else socket.write(`${Buffer.byteLength(event).toString(16)}\r\n${event}\r\n`);
      };
      release();
    });
    const exchange = useProvider({ base_url: upstream.origin }).open({ body: BODY });
    const seen: string[] = [];
    for await (const chunk of exchange.body) {
      seen.push(String(chunk));
      (release as (() => void) | null)?.();
    }
    expect(seen).toEqual(events);
  });

  it("waits upstream while the client does not read", async () => {
    let sent = 0;
    const upstream = await startUpstream((_, socket) => {
      socket.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
      const chunk = Buffer.concat([
        Buffer.from("10000\r\n"),
        Buffer.alloc(65_536, 7),
        Buffer.from("\r\n"),
      ]);
      const pump = () => {
        while (sent < 400) {
          sent += 1;
          if (!socket.write(chunk)) {
            socket.once("drain", pump);
            return;
          }
        }
        socket.write("0\r\n\r\n");
      };
      pump();
    });
    const exchange = useProvider({ base_url: upstream.origin }).open({ body: BODY });
    await exchange.head;
    let before = -1;
    // Standing still is what is waited for.
    await until(() => before === (before = sent), { what: "a standstill", everyMs: 150 });
    expect(sent).toBeLessThan(300);
    const { body } = await exchange.answer;
    expect(body.length).toBe(400 * 65_536);
  });

  it("an abort closes the upstream's connection at once", async () => {
    const upstream = await startUpstream(
      (_, socket) => void socket.write("HTTP/1.1 200 OK\r\n\r\nstart"),
    );
    const exchange = useProvider({ base_url: upstream.origin }).open({ body: BODY });
    await exchange.head;
    expect(upstream.open).toBe(1);
    exchange.exchange.abort();
    await until(() => upstream.open === 0, { what: "the connection's end", deadlineMs: 1000 });
    expect(upstream.open).toBe(0);
  });

  it("L19 a redirect is not followed, with or without a key", async () => {
    const elsewhere = await startUpstream();
    const location = `Location: ${elsewhere.origin}/v1/chat/completions`;
    const upstream = await startUpstream(
      (_, socket) => void socket.write(answer(307, "", [location])),
    );
    const failure = await useProvider({ base_url: upstream.origin }).failure({ body: BODY });
    expect(failure).toMatchObject({ status: 502, code: "redirect_refused" });
    expect(elsewhere.accepted).toBe(0);
  });

  it("T20 a failing count_tokens is answered as unsupported, a good one passes", async () => {
    const upstream = await startUpstream((_, socket, index) => {
      if (index === 0) socket.write(json({ input_tokens: 7 }));
      else if (index === 1) socket.write(json({ error: "boom" }, 500));
      else socket.destroy();
    });
    const provider = useProvider({ base_url: upstream.origin });
    const url = "/v1/messages/count_tokens?beta=true";
    expect((await provider.call({ url, body: BODY })).body.toString()).toBe('{"input_tokens":7}');
    for (let count = 0; count < 2; count += 1) {
      const { status, body } = await provider.call({ url, body: BODY });
      expect(status).toBe(404);
      const { type, error } = parseObject(body.toString());
      expect(type).toBe("error");
      expect(error).toMatchObject({ type: "not_found_error" });
      expect(JSON.stringify(error)).toContain("count_tokens");
    }
  });
});

describe("the client's own failure", () => {
  it("is not blamed on the provider", async () => {
    const upstream = await startUpstream(() => {});
    const body = new Readable({ read: () => {} });
    body.on("error", () => {});
    body.push("{");
    const exchange = useProvider({ base_url: upstream.origin }).open({ body, bodyLength: 10 });
    await until(() => upstream.open === 1, { what: "the connection" });
    const gone = new Error("client gone");
    body.destroy(gone);
    const failure = await exchange.answer.catch((error: unknown) => error);
    expect(failure).not.toBeInstanceOf(UpstreamFailure);
    expect(failure).toBe(gone);
  });
});
