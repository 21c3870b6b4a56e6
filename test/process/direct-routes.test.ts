import { describe, expect, it } from "vitest";
import { ProviderUpstreams } from "../../src/gateway/direct/provider-upstreams.ts";
import type { Provider } from "../../src/gateway/direct/provider.ts";
import { RouteTable } from "../../src/gateway/direct/route-table.ts";
import { DirectSelector } from "../../src/gateway/direct/select-direct.ts";
import { Refusal } from "../../src/gateway/refusal.ts";
import { open, useUpstreams } from "../fixtures/direct/call.ts";
import type { RawUpstream } from "../fixtures/direct/raw-upstream.ts";
import { json, startUpstream } from "../fixtures/direct/raw-upstream.ts";
import { until } from "../fixtures/poll.ts";
import { parse, parseOne } from "../gateway/direct/parse.ts";

const STREAM = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n";

/** Answers with its own name and the model it was asked for. */
async function startNamed(name: string): Promise<RawUpstream> {
  return startUpstream((request, socket) => {
    const answer = json({ name, body: request.body.toString() });
    // Later ones overtake earlier ones.
    setTimeout(() => void socket.write(answer), Math.random() * 20);
  });
}

describe("T5 T7 several agents at the same time", () => {
  it("200 mixed requests reach their own provider with its own key", async () => {
    const names = ["alpha", "beta", "gamma", "delta"];
    const upstreams = await Promise.all(names.map(startNamed));
    const { config } = parse({
      providers: Object.fromEntries(
        names.map((name, index) => [
          name,
          {
            base_url: upstreams[index]?.origin,
            api_key: `sk-${name}`,
            auth_header: index % 2 === 0 ? undefined : "x-api-key",
          },
        ]),
      ),
      agents: Object.fromEntries(
        names.map((name) => [name, { model_name: `m-${name}`, provider: name, passthrough: true }]),
      ),
    });
    const table = new RouteTable({ config, modelNames: new Set(), discovered: new Map() });
    const source = useUpstreams();
    const results = await Promise.all(
      Array.from({ length: 200 }, async (_, index) => {
        const name = names[index % names.length] ?? "";
        const decision = table.lookup(`m-${name}`);
        if (decision.to !== "provider") throw new Error("not direct");
        const body = Buffer.from(JSON.stringify({ model: `m-${name}`, n: index }));
        const url = index % 3 === 0 ? "/v1/messages?beta=true" : "/v1/chat/completions";
        const result = await open(source, decision.provider, { body, url }).answer;
        return result.body.toString() === JSON.stringify({ name, body: body.toString() });
      }),
    );
    expect(results.every(Boolean)).toBe(true);
    for (const [index, upstream] of upstreams.entries()) {
      const name = names[index] ?? "";
      expect(upstream.requests).toHaveLength(50);
      for (const request of upstream.requests) {
        const credentials = [...request.values("authorization"), ...request.values("x-api-key")];
        expect(credentials).toEqual([index % 2 === 0 ? `Bearer sk-${name}` : `sk-${name}`]);
        const others = names.filter((other) => other !== name);
        expect(others.some((other) => request.head.includes(`sk-${other}`))).toBe(false);
      }
    }
  });
});

describe("T16 a change takes effect at the next request, without dropping streams", () => {
  it("a rotated key uses the same connections, an edited URL others; a running stream ends by itself", async () => {
    let finish: (() => void) | null = null;
    const old = await startUpstream((_, socket, index) => {
      if (index === 0) socket.write(json({}));
      else {
        socket.write(STREAM);
        finish = () => void socket.write("1\r\nb\r\n0\r\n\r\n");
      }
    });
    const next = await startUpstream();
    const source = useUpstreams();
    const before = parseOne({ base_url: old.origin, api_key: "k1" });
    await open(source, before, {}).answer;
    const rotated = parseOne({ base_url: old.origin, api_key: "k2" });
    source.retain([rotated]);
    const stream = open(source, rotated, {});
    await stream.head;
    expect(old.accepted).toBe(1);
    expect(old.requests.map((request) => request.values("authorization")[0])).toEqual([
      "Bearer k1",
      "Bearer k2",
    ]);

    const moved = parseOne({ base_url: next.origin, api_key: "k3" });
    source.retain([moved]);
    expect((await open(source, moved, {}).answer).status).toBe(200);
    expect(next.requests[0]?.values("authorization")).toEqual(["Bearer k3"]);
    (finish as (() => void) | null)?.();
    expect((await stream.answer).body.toString()).toBe("ab");
    // Sooner than an idle connection would end by itself.
    await until(() => old.open === 0, { what: "the old connection's end", deadlineMs: 2000 });
    expect(old.requests).toHaveLength(2);
  });

  it("closing waits for running exchanges, until its deadline", async () => {
    const upstream = await startUpstream((_, socket) => void socket.write(STREAM));
    const source = new ProviderUpstreams(null);
    const stream = open(source, parseOne({ base_url: upstream.origin, api_key: "k" }), {});
    await stream.head;
    const deadline = new AbortController();
    let isClosed = false;
    const closing = source.close(deadline.signal).then(() => (isClosed = true));
    await until(() => upstream.open === 1, { what: "nothing to change" });
    expect(isClosed).toBe(false);
    deadline.abort();
    await closing;
    await expect(stream.answer).rejects.toMatchObject({ status: 502 });
    await until(() => upstream.open === 0, { what: "the connection's end" });
  });
});

function select(provider: Provider, path: string, headers: readonly string[] = []) {
  return new DirectSelector(useUpstreams()).select({ path, headers }, provider);
}

function data(value: unknown): string[] {
  return ["X-OGX-Provider-Data", JSON.stringify(value)];
}

describe("what is refused before any upstream is touched", () => {
  const BASE = { base_url: "https://up.example/v1" };

  it.each([
    [
      "bad provider data",
      { api_key: "k" },
      "/v1/x",
      ["X-LlamaStack-Provider-Data", "{"],
      "malformed",
    ],
    ["no credential", { forward_headers: { t: "Authorization" } }, "/v1/x", [], "unauthenticated"],
    ["another endpoint", { api_key: "k", endpoints: "openai" }, "/v1/files", [], "not-found"],
    ["a path that climbs", { api_key: "k" }, "/v1/%2e%2e/x", [], "not-found"],
  ])("%s", (_, fields, path, headers, kind) => {
    const result = select(parseOne({ ...BASE, ...fields }), path, headers);
    expect(result).toBeInstanceOf(Refusal);
    expect(result).toMatchObject({ kind });
  });

  it("passthrough_url counts only for listed hosts, and never gets the provider's key", async () => {
    const fields = { ...BASE, api_key: "k", allow_request_url: ["ok.example", "127.0.0.1:8443"] };
    const target = (url: string, more: object = {}, provider = parseOne(fields)) => {
      const route = select(provider, "/v1/x", data({ passthrough_url: url, ...more }));
      return route instanceof Refusal ? route.kind : route.upstream.id + route.path("/v1/x");
    };
    const own = { passthrough_api_key: "mine" };
    expect(target("https://ok.example/v2", own)).toBe("p/v2/x");
    expect(target("https://ok.example/v2")).toBe("unauthenticated");
    expect(target("http://127.0.0.1:8443", own)).toBe("p/v1/x");
    expect(target("https://evil.example", own)).toBe("forbidden");
    expect(target("https://ok.example:444", own)).toBe("forbidden");
    expect(target("http://ok.example:443", own)).toBe("forbidden");
    expect(target("https://ok.example@evil.example", own)).toBe("malformed");
    expect(target("file:///etc/passwd", own)).toBe("malformed");
    // Where the configuration lists no host, it is ignored.
    expect(target("https://ok.example/v2", own, parseOne({ ...BASE, api_key: "k" }))).toBe(
      "p/v1/x",
    );
    const urlless = parseOne({ api_key: "k", allow_request_url: ["ok.example"] });
    expect(select(urlless, "/v1/x")).toMatchObject({ kind: "malformed" });
  });

  it("a caller's URL gets the caller's key alone", async () => {
    const upstream = await startUpstream();
    const allow_request_url = [`127.0.0.1:${upstream.port}`];
    const network = { headers: { "x-api-key": "sk-fixed", "X-Tenant": "t" } };
    const provider = parseOne({ ...BASE, api_key: "sk-provider", allow_request_url, network });
    const headers = data({ passthrough_url: upstream.origin, passthrough_api_key: "mine" });
    await open(useUpstreams(), provider, { headers }).answer;
    expect(upstream.requests[0]?.values("authorization")).toEqual(["Bearer mine"]);
    expect(upstream.requests[0]?.values("x-tenant")).toEqual(["t"]);
    expect(upstream.requests[0]?.head).not.toMatch(/sk-fixed|sk-provider|provider-data/i);
  });
});
