import { describe, expect, it, onTestFinished } from "vitest";
import { fetchSettings } from "../../src/control-plane/fetch-settings.ts";
import { settingsUrl } from "../../src/control-plane/settings-url.ts";
import { UserError } from "../../src/core/errors.ts";
import { Secret } from "../../src/core/secret.ts";
import { closedPort } from "../fixtures/closed-port.ts";
import { startFakeControlPlane } from "../fixtures/fake-control-plane.ts";
import { userErrorOf } from "../fixtures/user-error.ts";
import { enabledWith, usePlane } from "./support.ts";

const now = () => new Date();
const monotonic = () => performance.now();

async function ask(url: string, changes: { limitMs?: number; signal?: AbortSignal } = {}) {
  return fetchSettings({
    url: settingsUrl(url, "q"),
    queueId: "q",
    apiKey: new Secret("kb-secret"),
    signal: new AbortController().signal,
    now,
    monotonic,
    random: () => 0,
    ...changes,
  });
}

describe("the question", () => {
  it("is a GET of the queue's config with the key as bearer", async () => {
    const { plane, source, request, apiKey } = await usePlane();
    plane.queue({ ...enabledWith({}), config_version: 3 });
    const found = await source().read(request());
    const { settings, problems } = found;
    expect(settings).toEqual({ enable_local_litellm_proxy: true, litellm_config: {} });
    expect(problems).toEqual([]);
    expect(found.place([])).toEqual({ source: "queue team-queue (version 3)" });
    expect(plane.requests).toMatchObject([
      {
        method: "GET",
        path: "/api/v1/worker-queues/team-queue/config",
        authorization: `Bearer ${apiKey}`,
      },
    ]);
  });

  it("escapes whatever the queue is called", () => {
    const { href } = settingsUrl("https://cp.example/base/", "../a?b#c/%2e");
    expect(href).toBe("https://cp.example/base/api/v1/worker-queues/..%2Fa%3Fb%23c%2F%252e/config");
  });

  it.each(["http://cp.example", "http://127.0.0.1.evil.example", "http://10.0.0.1", "ftp://x"])(
    "is not put over %s",
    (url) => {
      expect(() => settingsUrl(url, "q")).toThrow(UserError);
    },
  );

  it.each(["https://cp.example", "http://localhost:1", "http://127.8.9.1:1", "http://[::1]:1"])(
    "may be put over %s",
    (url) => {
      expect(settingsUrl(url, "q").href.startsWith(url)).toBe(true);
    },
  );
});

describe("faults", () => {
  it("F44: nothing listens: four tries at most, in less than 10 s", async () => {
    const start = performance.now();
    expect(await ask(`http://127.0.0.1:${await closedPort()}`)).toMatchObject({
      kind: "down",
      reason: "nothing listens there",
    });
    expect(performance.now() - start).toBeLessThan(10_000);
  });

  it("F44: a name that nobody knows", async () => {
    const { kind } = await ask("https://control-plane.invalid", { limitMs: 3_000 });
    expect(kind).toBe("down");
  });

  it.each(["drip", "hang"] as const)("F45: %s ends at the total limit", async (mode) => {
    const { plane } = await usePlane();
    plane.mode(mode);
    const start = performance.now();
    const outcome = await ask(plane.url, { limitMs: 1_000 });
    expect(outcome).toEqual({ kind: "down", reason: "no whole answer in 1 s" });
    // Neither answer ever ends.
    expect(performance.now() - start).toBeLessThan(10_000);
  });

  it.each([500, 502, 503, 429])("F46: %i twice, then the answer", async (status) => {
    const plane = await startFakeControlPlane();
    onTestFinished(() => plane.close());
    plane.next({ status }, { status });
    expect((await ask(plane.url)).kind).toBe("answer");
    expect(plane.requests.length).toBe(3);
  });

  it("F46: is asked four times, then it is down", async () => {
    const { plane } = await usePlane();
    plane.mode({ status: 503 });
    expect(await ask(plane.url)).toMatchObject({ kind: "down", reason: "status 503" });
    expect(plane.requests.length).toBe(4);
  });

  it("F46: waits as long as it is told", async () => {
    const plane = await startFakeControlPlane();
    onTestFinished(() => plane.close());
    plane.next({ status: 429, retryAfter: 1 });
    const start = performance.now();
    expect((await ask(plane.url)).kind).toBe("answer");
    expect(performance.now() - start).toBeGreaterThan(990);
  });

  it("F46: but never beyond the limit", async () => {
    const { plane } = await usePlane();
    plane.mode({ status: 429, retryAfter: 3_600 });
    const limitMs = 30_000;
    const start = performance.now();
    expect(await ask(plane.url, { limitMs })).toMatchObject({
      kind: "down",
      reason: expect.stringContaining("3600 s"),
    });
    expect(performance.now() - start).toBeLessThan(limitMs / 2);
    expect(plane.requests.length).toBe(1);
  });

  it.each([401, 403])("F47: %i is exit 3 at once, and shows no key", async (status) => {
    const { plane, source, request, apiKey, said } = await usePlane();
    plane.mode({ status });
    const error = await userErrorOf(source().read(request()));
    expect(error.exitCode).toBe(3);
    expect(plane.requests.length).toBe(1);
    expect(JSON.stringify([error.problems, said])).not.toContain(apiKey);
  });

  it.each([
    ["malformed", /is not JSON/],
    ["html", /is not JSON/],
    [{ status: 404 }, /knows no queue "team-queue"/],
    [{ status: 418 }, /status 418/],
    [{ raw: Buffer.from([0x7b, 0xff, 0x7d]) }, /is not JSON/],
    [{ raw: "" }, /is not JSON/],
  ] as const)("F48: %j is exit 4", async (mode, pattern) => {
    const { plane, source, request } = await usePlane();
    plane.mode(mode);
    const error = await userErrorOf(source().read(request()));
    expect(error.exitCode).toBe(4);
    expect(error.message).toMatch(pattern);
    expect(plane.requests.length).toBe(1);
  });

  it("F48: 200 redacted characters of it, at --verbose only", async () => {
    const { plane, source, request, apiKey, said } = await usePlane();
    plane.mode({ raw: `<html> ${apiKey} Bearer abcdefghijkl ${"x".repeat(5_000)}` });
    const error = await userErrorOf(source().read(request()));
    expect(JSON.stringify(error.problems)).not.toContain("html");
    expect(said).toEqual([expect.stringMatching(/^verbose: .*<html> \*\*\* Bearer \*\*\* x+$/)]);
    expect(said[0]?.length).toBeLessThan(260);
  });

  it.each(["huge", "bomb"] as const)("F49: %s stops at 4 MiB", async (mode) => {
    const { plane, source, request } = await usePlane();
    plane.mode(mode);
    const before = process.memoryUsage.rss();
    const start = performance.now();
    const error = await userErrorOf(source().read(request()));
    expect(error.exitCode).toBe(4);
    expect(error.message).toContain("larger than 4194304 bytes");
    expect(performance.now() - start).toBeLessThan(5_000);
    expect(process.memoryUsage.rss() - before).toBeLessThan(128 << 20);
  });

  it("F50: a redirect is refused, and the second server sees nothing", async () => {
    const { plane, source, request } = await usePlane();
    const second = await startFakeControlPlane();
    onTestFinished(() => second.close());
    plane.mode({ redirect: `${second.url}/api/v1/worker-queues/q/config` });
    const error = await userErrorOf(source().read(request()));
    expect(error.exitCode).toBe(4);
    expect(error.message).toContain("redirects are not followed");
    expect(second.requests).toEqual([]);
  });

  it("S26: plain http to another machine is exit 8, without a connection", async () => {
    const { source, request } = await usePlane();
    const asked = source().read(request({ controlPlaneUrl: "http://192.0.2.1" }));
    expect((await userErrorOf(asked)).exitCode).toBe(8);
  });

  it("ends at once when the user stops it", async () => {
    const { plane } = await usePlane();
    plane.mode("hang");
    const stop = new AbortController();
    const asked = ask(plane.url, { signal: stop.signal });
    setTimeout(() => stop.abort(new Error("stopped")), 50);
    await expect(asked).rejects.toThrow("stopped");
  });
});
