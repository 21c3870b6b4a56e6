import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { useProvider } from "../fixtures/direct/call.ts";
import { closedPort } from "../fixtures/closed-port.ts";
import { answer, json, startUpstream } from "../fixtures/direct/raw-upstream.ts";
import { until } from "../fixtures/poll.ts";

const BODY = Buffer.from('{"model":"m"}');
const STREAM_HEAD = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

describe("L19 why it failed", () => {
  it("connection_refused, 502", async () => {
    const provider = useProvider({ base_url: `http://127.0.0.1:${await closedPort()}/v1` });
    expect(await provider.failure({ body: BODY })).toMatchObject({
      status: 502,
      code: "connection_refused",
    });
  });

  it("dns, 502", async () => {
    const provider = useProvider({
      base_url: "http://no-such-host.invalid/v1",
      network: { proxy: false },
    });
    expect(await provider.failure({ body: BODY })).toMatchObject({ status: 502, code: "dns" });
  });

  it.each([
    ["at once", (): Buffer => Buffer.alloc(0), "connection_closed"],
    ["in the head", () => Buffer.from("HTTP/1.1 200 OK\r\nContent-Le"), "connection_closed"],
    ["with other bytes than HTTP", () => Buffer.from("SSH-2.0-OpenSSH\r\n"), "bad_response"],
    [
      "with a head of 100 KB",
      () => Buffer.from(`HTTP/1.1 200 OK\r\nX: ${"y".repeat(100_000)}\r\n\r\n`),
      "bad_response",
    ],
  ])("an upstream that ends %s, 502", async (_, bytes, code) => {
    const upstream = await startUpstream((_request, socket) => void socket.end(bytes()));
    const failure = await useProvider({ base_url: upstream.origin }).failure({ body: BODY });
    expect(failure).toMatchObject({ status: 502, code });
    expect(upstream.requests).toHaveLength(1);
  });

  it("a reset, 502", async () => {
    const upstream = await startUpstream((_, socket) => void socket.resetAndDestroy());
    const failure = await useProvider({ base_url: upstream.origin }).failure({ body: BODY });
    expect(failure).toMatchObject({ status: 502, code: "connection_reset" });
  });

  it("a body that is cut fails after what came", async () => {
    const upstream = await startUpstream((_, socket) => {
      socket.write(`${STREAM_HEAD}5\r\nhello\r\n`);
      setTimeout(() => socket.destroy(), 50);
    });
    const exchange = useProvider({ base_url: upstream.origin }).open({ body: BODY });
    expect((await exchange.head).status).toBe(200);
    const seen: string[] = [];
    const read = (async () => {
      for await (const chunk of exchange.body) seen.push(String(chunk));
    })();
    await expect(read).rejects.toMatchObject({ status: 502 });
    expect(seen).toEqual(["hello"]);
  });

  it("names provider and address, never the key", async () => {
    const port = await closedPort();
    const failure = await useProvider({
      base_url: `http://127.0.0.1:${port}/v1?k=secret-query`,
    }).failure({ body: BODY });
    expect(String(failure)).toContain(`p (http://127.0.0.1:${port}): the connection was refused`);
    expect(String(failure)).not.toMatch(/sk-provider|secret-query/);
  });
});

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const started = performance.now();
  const result = await work;
  expect(performance.now() - started).toBeLessThan(ms);
  return result;
}

describe("L12 timeout", () => {
  it("connect: a server that accepts but never shakes hands, 504", async () => {
    const upstream = await startUpstream(() => {});
    const network = { timeout: { connect: 0.3 }, tls: { verify: false } };
    const provider = useProvider({ base_url: `https://localhost:${upstream.port}/v1`, network });
    const failure = await within(3000, provider.failure({ body: BODY }));
    expect(failure).toMatchObject({ status: 504, code: "connect_timeout" });
    await until(() => upstream.open === 0, { what: "the connection's end" });
  });

  it("read: no head, 504, one hit", async () => {
    const upstream = await startUpstream(() => {});
    const provider = useProvider({
      base_url: upstream.origin,
      network: { timeout: 0.3 },
      retries: 3,
    });
    const failure = await within(3000, provider.failure({ body: BODY }));
    expect(failure).toMatchObject({ status: 504, code: "read_timeout" });
    expect(upstream.requests).toHaveLength(1);
  });

  it("read: the gap between bytes, so a slow steady stream lives and a stalled one is cut", async () => {
    const upstream = await startUpstream((_, socket, index) => {
      socket.write(STREAM_HEAD);
      let left = index === 0 ? 12 : 2;
      const timer = setInterval(() => {
        socket.write("1\r\nx\r\n");
        left -= 1;
        if (left > 0) return;
        clearInterval(timer);
        if (index === 0) socket.write("0\r\n\r\n");
      }, 100);
    });
    const provider = useProvider({
      base_url: upstream.origin,
      network: { timeout: { read: 0.5 } },
    });
    expect((await provider.call({ body: BODY })).body.toString()).toBe("x".repeat(12));
    const stalled = await within(4000, provider.failure({ body: BODY }));
    expect(stalled).toMatchObject({ status: 504, code: "read_timeout" });
  });

  it("read: a client that does not read is no reason", async () => {
    const upstream = await startUpstream((_, socket) => {
      const body = Buffer.alloc(8 * 1024 * 1024, 7);
      socket.write(answer(200, body));
    });
    const provider = useProvider({
      base_url: upstream.origin,
      network: { timeout: { read: 0.3 } },
    });
    const exchange = provider.open({ body: BODY });
    await exchange.head;
    const paused = performance.now();
    await until(() => performance.now() - paused > 900, { what: "three times the limit" });
    expect((await exchange.answer).body.length).toBe(8 * 1024 * 1024);
  });
});

/** Resets the connections of the first `failures` requests. */
function flaky(failures: number) {
  return startUpstream((_, socket, index) => {
    if (index < failures) socket.resetAndDestroy();
    else socket.write(json({ index }));
  });
}

describe("L20 retries", () => {
  it("none unless asked for", async () => {
    const upstream = await flaky(1);
    expect(await useProvider({ base_url: upstream.origin }).failure({ body: BODY })).toMatchObject({
      status: 502,
    });
    expect(upstream.requests).toHaveLength(1);
  });

  it("as many as asked for, with the same body", async () => {
    const upstream = await flaky(2);
    const result = await useProvider({ base_url: upstream.origin, retries: 2 }).call({
      body: BODY,
    });
    expect(result.body.toString()).toBe('{"index":2}');
    expect(upstream.requests.map(({ body }) => body.toString())).toEqual(
      Array(3).fill(BODY.toString()),
    );
  });

  it("and no more", async () => {
    const upstream = await flaky(9);
    const provider = useProvider({ base_url: upstream.origin, retries: 2 });
    expect(await provider.failure({ body: BODY })).toMatchObject({ code: "connection_reset" });
    expect(upstream.requests).toHaveLength(3);
  });

  it("never after the first byte of the answer, never for an error status", async () => {
    const upstream = await startUpstream((_, socket, index) => {
      if (index === 0) socket.write(json({}, 503));
      else {
        socket.write(`${STREAM_HEAD}1\r\nx\r\n`);
        setTimeout(() => socket.destroy(), 30);
      }
    });
    const provider = useProvider({ base_url: upstream.origin, retries: 3 });
    expect((await provider.call({ body: BODY })).status).toBe(503);
    expect(await provider.failure({ body: BODY })).toMatchObject({ status: 502 });
    expect(upstream.requests).toHaveLength(2);
  });

  it("a stream is sent again only when nothing of it was read", async () => {
    const upstream = await flaky(1);
    const provider = useProvider({ base_url: upstream.origin, retries: 3 });
    expect(
      await provider.failure({ body: Readable.from([BODY]), bodyLength: BODY.length }),
    ).toMatchObject({ status: 502 });
    expect(upstream.requests).toHaveLength(1);
  });

  it("an abort ends the waiting too", async () => {
    const upstream = await flaky(99);
    const exchange = useProvider({ base_url: upstream.origin, retries: 10 }).open({ body: BODY });
    exchange.answer.catch(() => {});
    await until(() => upstream.requests.length >= 2, { what: "a retry" });
    exchange.exchange.abort();
    const count = upstream.requests.length;
    const aborted = performance.now();
    await until(() => performance.now() - aborted > 700, {
      what: "a time in which a retry would come",
    });
    expect(upstream.requests.length).toBe(count);
  });
});
