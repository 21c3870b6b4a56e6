// How an exchange with a provider goes, through the built program: streams, limits, failures, discovery.
import { readFile } from "node:fs/promises";
import { request } from "node:http";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { IncomingMessage } from "node:http";
import { describe, expect, it } from "vitest";
import type { Served } from "../e2e/serve.ts";
import { ask, chat, listModels } from "../e2e/serve.ts";
import { closedPort } from "../fixtures/closed-port.ts";
import type { Respond } from "../fixtures/direct/raw-upstream.ts";
import { answer, json, startUpstream } from "../fixtures/direct/raw-upstream.ts";
import { codeOf, serveProviders } from "../fixtures/direct/serve-providers.ts";
import { until } from "../fixtures/poll.ts";
import { useHome } from "../fixtures/use-home.ts";

const EVENTS =
  "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";

/** Answers a discovery at once and everything else as `respond` does; `index` counts those alone. */
function posts(respond: Respond): Respond {
  let count = 0;
  return (asked, socket) => {
    if (asked.line.startsWith("GET")) socket.write(json({ data: [] }));
    else respond(asked, socket, count++);
  };
}

function chunk(text: string | Buffer): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([
    Buffer.from(`${bytes.length.toString(16)}\r\n`),
    bytes,
    Buffer.from("\r\n"),
  ]);
}

function open({ url, key }: Served, model: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
    const sent = request(`${url}/v1/chat/completions`, { method: "POST", headers }, resolve);
    sent.once("error", reject).end(JSON.stringify({ model, stream: true }));
  });
}

describe("exchanges, through the built program", () => {
  it("T21 bytes as they come: encoding kept, events one by one, back-pressure, abort", async () => {
    const home = await useHome();
    const zipped = gzipSync("x".repeat(10_000));
    const packed = await startUpstream(
      posts((_, socket) => {
        const headers = ["Content-Encoding: gzip", "Set-Cookie: a=b", "X-Up: 1", "X-Up: 2"];
        socket.write(answer(418, zipped, headers));
      }),
    );
    const events = ["data: 1\n\n", "data: é\n\n", ": ping\r\n\r\n", "data: [DONE]\n\n"];
    let release = () => {};
    const streaming = await startUpstream(
      posts((_, socket) => {
        socket.write(EVENTS);
        const left = [...events];
        release = () => void socket.write(chunk(left.shift() ?? ""));
        release();
      }),
    );
    const total = 1_000;
    let written = 0;
    const flood = await startUpstream(
      posts((_, socket) => {
        socket.write(EVENTS);
        const piece = chunk(Buffer.alloc(65_536, 7));
        const pump = () => {
          while (written < total) {
            written += 1;
            if (!socket.write(piece)) {
              socket.once("drain", pump);
              return;
            }
          }
          socket.write("0\r\n\r\n");
        };
        pump();
      }),
    );
    const served = await serveProviders(home, {
      packed: `base_url: '${packed.origin}', auth: none, compression: true`,
      streaming: `base_url: '${streaming.origin}', auth: none`,
      flood: `base_url: '${flood.origin}', auth: none`,
    });

    const whole = await open(served, "packed");
    expect(whole.statusCode).toBe(418);
    expect(whole.headers).toMatchObject({ "content-encoding": "gzip", "x-up": "1, 2" });
    expect(whole.headers["set-cookie"]).toBeUndefined();
    expect((await collect(whole)).equals(zipped)).toBe(true);

    const seen: string[] = [];
    for await (const part of await open(served, "streaming")) {
      seen.push(String(part));
      release();
    }
    expect(seen).toEqual(events);
    expect(streaming.requests.at(-1)?.values("accept-encoding")).toEqual(["identity"]);

    const slow = await open(served, "flood");
    let before = -1;
    // Standing still is what is waited for.
    await until(() => before === (before = written), { what: "a standstill", everyMs: 200 });
    expect(written).toBeLessThan(total);
    expect((await collect(slow)).length).toBe(total * 65_536);

    const left = await open(served, "streaming");
    const busy = streaming.open;
    left.destroy();
    await until(() => streaming.open < busy, { what: "the upstream's end", deadlineMs: 3000 });
    await served.cli.stop();
  });

  it("T18 T22 L12 L19 L20 failures and limits: status, code, request id, no second hit", async () => {
    const home = await useHome();
    const hanging = await startUpstream(() => {});
    const elsewhere = await startUpstream();
    const redirecting = await startUpstream((_, socket) => {
      socket.write(answer(307, "", [`Location: ${elsewhere.origin}/v1/chat/completions`]));
    });
    const resetting = await startUpstream((_, socket) => void socket.resetAndDestroy());
    const junk = await startUpstream((_, socket) => void socket.end("SSH-2.0-OpenSSH\r\n"));
    const cut = await startUpstream(
      posts((_, socket) => {
        socket.write(Buffer.concat([Buffer.from(EVENTS), chunk("hello")]));
        setTimeout(() => socket.destroy(), 50);
      }),
    );
    const steady = await startUpstream(
      posts((_, socket) => {
        socket.write(EVENTS);
        let left = 9;
        const timer = setInterval(() => {
          socket.write(left === 0 ? "0\r\n\r\n" : chunk("x"));
          if (left-- === 0) clearInterval(timer);
        }, 100);
      }),
    );
    const flaky = await startUpstream(
      posts((_, socket, index) => {
        if (index < 2) socket.destroy();
        else socket.write(json({ index }));
      }),
    );
    const counting = await startUpstream(posts((_, socket) => void socket.write(json({}, 500))));
    const key = home.canary("key", "sk-");
    const at = (origin: string, more = "") => `base_url: '${origin}', api_key: '${key}'${more}`;
    const served = await serveProviders(home, {
      gone: at(`http://127.0.0.1:${await closedPort()}/v1?k=default`),
      unknown: at("http://no-such-host.invalid", ", network: {proxy: false}"),
      hanging: at(hanging.origin, ", network: {timeout: 0.4}, retries: 3"),
      shaking: at(
        `https://localhost:${hanging.port}`,
        ", network: {timeout: {connect: 0.4}, tls: {verify: false}}",
      ),
      redirecting: at(redirecting.origin),
      resetting: at(resetting.origin),
      junk: at(junk.origin),
      cut: at(cut.origin),
      steady: at(steady.origin, ", network: {timeout: {read: 0.6}}"),
      flaky: at(flaky.origin, ", retries: 2"),
      counting: at(counting.origin, ", allowed_models: [counting, other-*]"),
    });
    const log = join(home.state, "workers/default/litellm_proxy.log");
    const told: Record<string, unknown> = {};
    for (const model of [
      "gone",
      "unknown",
      "hanging",
      "shaking",
      "redirecting",
      "resetting",
      "junk",
    ]) {
      const { status, text } = await chat(served, model);
      told[model] = [status, codeOf(text)];
      const { error } = JSON.parse(text) as { error: { request_id: string; message: string } };
      expect(error.message).toContain(model);
      expect(text).not.toContain("k=default");
      const written = async () => (await readFile(log, "utf8")).includes(error.request_id);
      await until(written, { what: `${error.request_id} in the log` });
    }
    expect(told).toEqual({
      gone: [502, "connection_refused"],
      unknown: [502, "dns"],
      hanging: [504, "read_timeout"],
      shaking: [504, "connect_timeout"],
      redirecting: [502, "redirect_refused"],
      resetting: [502, "connection_reset"],
      junk: [502, "bad_response"],
    });
    expect(elsewhere.accepted).toBe(0);
    const hits = hanging.requests.filter(({ line }) => line.startsWith("POST"));
    expect(hits).toHaveLength(1);
    expect(await collect(await open(served, "steady"))).toEqual(Buffer.from("x".repeat(9)));
    const broken = await open(served, "cut");
    await expect(collect(broken)).rejects.toThrow("aborted");
    expect((await chat(served, "flaky")).text).toBe('{"index":2}');

    const named = await open(served, "gone");
    const { error } = JSON.parse(String(await collect(named))) as { error: { request_id: string } };
    expect(named.headers["x-sidelite-request-id"]).toBe(error.request_id);
    const anthropic = await ask(served, "/v1/messages", { model: "gone" });
    expect(anthropic.json()).toMatchObject({ type: "error", error: { type: "api_error" } });
    expect((await chat(served, "counting/mine")).status).toBe(403);
    expect((await ask(served, "/v1/messages", { model: "counting/mine" })).json()).toMatchObject({
      type: "error",
      error: { type: "permission_error" },
    });
    const count = await ask(served, "/v1/messages/count_tokens", { model: "counting" });
    expect(count).toMatchObject({ status: 404, text: expect.stringContaining("not_found_error") });
    expect((await chat(served, "counting")).status).toBe(500);
    expect(counting.requests.filter(({ line }) => line.startsWith("POST"))).toHaveLength(2);
    expect(await announce(served, 50 * 1024 * 1024 + 1)).toBe(413);
    await served.cli.stop();
  });

  it("L3 L4 allowed_models and refresh_models at list, at call, at discovery", async () => {
    const home = await useHome();
    let models = ["m1"];
    const listing = await startUpstream((_, socket) => {
      socket.write(json({ data: models.map((id) => ({ id })) }));
    });
    const second = await startUpstream((_, socket, index) => {
      if (index === 0) socket.destroy();
      else socket.write(json({ data: [{ id: `once${index}` }] }));
    });
    const none = await startUpstream(
      (_, socket) => void socket.write(json({ data: [{ id: "n" }] })),
    );
    const served = await serveProviders(home, {
      listing: `base_url: '${listing.origin}', auth: none, refresh_models: 1s, allowed_models: ['m*', listing]`,
      once: `base_url: '${second.origin}', auth: none, refresh_models: false`,
      none: `base_url: '${none.origin}', auth: none, allowed_models: []`,
    });
    const has = (name: string) => async () => (await listModels(served)).includes(name);
    await until(has("m1"), { what: "m1" });
    models = ["m2", "x2"];
    await until(has("m2"), { what: "m2" });
    // The first poll failed; the second is the last.
    await until(has("once1"), { what: "once1" });
    expect(await listModels(served)).toEqual(["listing", "once", "m2", "once1"]);
    expect((await chat(served, "m2")).status).toBe(200);
    const calls = () =>
      [...listing.requests, ...none.requests].filter(({ line }) => line.startsWith("POST")).length;
    const before = calls();
    for (const model of ["listing/x2", "none/n", "none"]) {
      expect((await chat(served, model)).status, model).toBe(403);
    }
    expect(calls()).toBe(before);
    await served.cli.stop();
  });
});

async function collect(response: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of response) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

/** Says that a body of this length is to come, and sends none. */
function announce({ url, key }: Served, length: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${key}`,
      "content-type": "application/json",
      "content-length": length,
    };
    const sent = request(`${url}/v1/chat/completions`, { method: "POST", headers });
    sent.once("error", reject).once("response", (response) => {
      resolve(response.statusCode);
      sent.destroy();
    });
    sent.flushHeaders();
  });
}
