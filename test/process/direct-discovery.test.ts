import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { Discovery } from "../../src/gateway/direct/discovery.ts";
import { fetchModels } from "../../src/gateway/direct/fetch-models.ts";
import { createModelStore } from "../../src/gateway/direct/model-store.ts";
import { probeProvider } from "../../src/gateway/direct/probe-provider.ts";
import type { Provider } from "../../src/gateway/direct/provider.ts";
import { useCertificates } from "../fixtures/direct/certificates.ts";
import { useUpstreams } from "../fixtures/direct/call.ts";
import { closedPort } from "../fixtures/closed-port.ts";
import { startSecure } from "../fixtures/direct/outcome.ts";
import { answer, json, startUpstream } from "../fixtures/direct/raw-upstream.ts";
import { until } from "../fixtures/poll.ts";
import { temporaryFolder } from "../fixtures/temporary-folder.ts";
import { parse, parseOne } from "../gateway/direct/parse.ts";

function list(...ids: string[]): Buffer {
  return json({ object: "list", data: ids.map((id) => ({ id })) });
}

/** A discovery with what it said; `path`: its store. */
function useDiscovery(path: string | null = null) {
  const upstreams = useUpstreams();
  const lines: string[] = [];
  let changes = 0;
  const discovery = new Discovery({
    fetch: async (provider, signal) => (await fetchModels(provider, upstreams, signal)).models,
    store: path === null ? null : createModelStore(path),
    onChange: () => (changes += 1),
    log: (line) => lines.push(line),
  });
  onTestFinished(() => discovery.stop());
  const models = (name = "p") => discovery.models().get(name) ?? null;
  return { discovery, lines, models, changes: () => changes };
}

function only(provider: Provider): ReadonlyMap<string, Provider> {
  return new Map([[provider.name, provider]]);
}

describe("L4 T13 discovery", () => {
  it("asks root/version/models with the provider's own headers", async () => {
    const upstream = await startUpstream((_, socket) => void socket.write(list("a")));
    const network = { headers: { "X-Tenant": "t" } };
    const fields = {
      base_url: `${upstream.origin}/x/v4?r=1`,
      api_key: "k",
      auth_header: "x-api-key",
      network,
    };
    const { discovery, models } = useDiscovery();
    discovery.update(only(parseOne(fields)));
    expect(await until(() => models(), { what: "models" })).toEqual(["a"]);
    expect(upstream.requests[0]?.line).toBe("GET /x/v4/models?r=1 HTTP/1.1");
    expect(upstream.requests[0]?.values("x-api-key")).toEqual(["k"]);
    expect(upstream.requests[0]?.values("x-tenant")).toEqual(["t"]);
  });

  it("adds, removes, keeps; never on an error, never to empty", async () => {
    const answers = [
      list("a", "b"),
      list("b", "c"),
      json({}, 500),
      answer(200, "<html>"),
      list(),
      list(),
    ];
    const upstream = await startUpstream(
      (_, socket, index) => void socket.write(answers[index] ?? list("late")),
    );
    const provider = parseOne({ base_url: upstream.origin, api_key: "k" });
    const { discovery, models, changes } = useDiscovery();
    const refresh = (allowEmpty = false) => discovery.refresh(provider, { allowEmpty });
    expect(await refresh()).toMatchObject({ added: ["a", "b"], removed: [], kept: [] });
    expect(await refresh()).toMatchObject({ added: ["c"], removed: ["a"], kept: ["b"] });
    await expect(refresh()).rejects.toMatchObject({ code: "http_500" });
    await expect(refresh()).rejects.toMatchObject({ code: "bad_models" });
    expect(await refresh()).toBeNull();
    expect(models()).toEqual(["b", "c"]);
    expect(await refresh(true)).toMatchObject({ removed: ["b", "c"] });
    expect(models()).toEqual([]);
    expect(changes()).toBe(3);
  });

  it("refreshes at its interval, and once where that is off", async () => {
    const upstream = await startUpstream(
      (_, socket, index) => void socket.write(list(`m${index}`)),
    );
    const { discovery, models } = useDiscovery();
    const fields = { base_url: upstream.origin, api_key: "k" };
    const { config } = parse({
      providers: { fast: { ...fields, refresh_models: 1 }, once: fields },
    });
    discovery.update(config.providers);
    await until(() => upstream.requests.length >= 4, { what: "the third poll of one" });
    expect(models("once")).toHaveLength(1);
    expect(["m0", "m1"]).toContain(models("once")?.[0]);
    // The same providers again, after a reload: nobody is asked anew.
    const count = upstream.requests.length;
    discovery.update(new Map([["once", config.providers.get("once") ?? parseOne(fields)]]));
    await until(() => models("fast") === null, { what: "its list to go" });
    expect(upstream.requests.length).toBe(count);
  });

  it("a failed first poll is tried again", async () => {
    const upstream = await startUpstream((_, socket, index) => {
      if (index === 0) socket.destroy();
      else socket.write(list("a"));
    });
    const { discovery, models, lines } = useDiscovery();
    discovery.update(only(parseOne({ base_url: upstream.origin, api_key: "k" })));
    await until(() => models(), { what: "the second try" });
    expect(upstream.requests).toHaveLength(2);
    expect(lines).toEqual([expect.stringContaining("provider p: models not refreshed")]);
  });

  it("keeps the last good list on disk, 0600, over a restart, for the same origin", async () => {
    const path = join(await temporaryFolder(), "providers", "models.json");
    const upstream = await startUpstream((_, socket) => void socket.write(list("a", "b")));
    const provider = parseOne({ base_url: upstream.origin, api_key: "sk-canary" });
    const first = useDiscovery(path);
    await first.discovery.refresh(provider, { allowEmpty: false });
    await first.discovery.stop();
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readFile(path, "utf8")).not.toContain("canary");

    const down = `http://127.0.0.1:${await closedPort()}`;
    const second = useDiscovery(path);
    await second.discovery.restore();
    expect(second.models()).toEqual(["a", "b"]);
    second.discovery.update(only(parseOne({ base_url: down, api_key: "k" })));
    expect(second.models()).toBeNull();
  });

  it.each(["", "{", '{"p":{"origin":1}}', "[]", '{"p":{"origin":"x","models":[1]}}'])(
    "a damaged store (%j) is an empty one",
    async (text) => {
      const path = join(await temporaryFolder(), "models.json");
      await writeFile(path, text, { mode: 0o600 });
      expect((await createModelStore(path).read()).size).toBe(0);
    },
  );
});

function probe(provider: Provider) {
  return probeProvider(provider, useUpstreams(), AbortSignal.timeout(10_000));
}

describe("T12 provider test", () => {
  it("a good one: latency and models", async () => {
    const upstream = await startUpstream((_, socket) => void socket.write(list("b", "a")));
    const result = await probe(parseOne({ base_url: upstream.origin, api_key: "k" }));
    expect(result).toMatchObject({ ok: true, reason: "ok", models: ["a", "b"], hint: null });
    expect(result.ms).toBeGreaterThan(0);
  });

  it.each([
    [401, "/v1", "http_401", "check api_key"],
    [404, "/v1", "http_404", "no /v1/models"],
    [404, "/v3", "http_404", "try /v1"],
    [404, "/openai/api", "http_404", "try /v1"],
    [500, "/v1", "http_500", "null"],
  ])("%i at %s: %s, %s", async (status, path, reason, hint) => {
    const upstream = await startUpstream((_, socket) => void socket.write(json({}, status)));
    const result = await probe(parseOne({ base_url: upstream.origin + path, api_key: "k" }));
    expect(result).toMatchObject({ ok: false, reason });
    expect(String(result.hint)).toContain(hint);
  });

  it("refused, unknown and untrusted ones", async () => {
    const upstream = await startSecure(
      await (await (await useCertificates()).authority("ca")).issue("up"),
    );
    const bases = [
      `http://127.0.0.1:${await closedPort()}`,
      "http://nobody.invalid",
      upstream.origin,
    ];
    const reasons: string[] = [];
    for (const base_url of bases) {
      const result = await probe(
        parseOne({ base_url, api_key: "sk-canary", network: { proxy: false } }),
      );
      reasons.push(result.reason);
      expect(result.hint).not.toBeNull();
      expect(JSON.stringify(result)).not.toContain("canary");
    }
    expect(reasons).toEqual(["connection_refused", "dns", "tls_untrusted"]);
  });

  it("a server that never answers ends with the caller's patience", async () => {
    const upstream = await startUpstream(() => {});
    const provider = parseOne({ base_url: upstream.origin, api_key: "k" });
    const probing = probeProvider(provider, useUpstreams(), AbortSignal.timeout(200));
    await expect(probing).rejects.toMatchObject({ name: "TimeoutError" });
    await until(() => upstream.open === 0, { what: "the connection's end" });
  });
});
