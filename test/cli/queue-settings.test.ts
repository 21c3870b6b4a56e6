import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { startFakeControlPlane } from "../fixtures/fake-control-plane.ts";
import { ADDRESS, ENABLED, useQueue } from "../fixtures/use-queue.ts";

const CONFIG_PATH = "/api/v1/worker-queues/q/config";
const LOCAL = `model_list:
  - model_name: remote
    litellm_params: {model: openai/local, api_key: dummy, api_base: "http://127.0.0.1:9"}
`;

/** Lines of stderr that speak of `what`. */
function told(stderr: string, what: RegExp): string[] {
  return stderr.split("\n").filter((line) => what.test(line));
}

describe("decided locally", () => {
  it("needs no key and does not ask the control plane for a command", async () => {
    const { home, plane, start } = await useQueue();
    await home.write("mine.yaml", LOCAL);
    const args = ["--enable-local-proxy", "--proxy-config-file", "mine.yaml"];
    const found = await start(args, { KUBIYA_API_KEY: null });
    expect(found).toMatchObject({ code: 0 });
    expect(found.stdout).toMatch(ADDRESS);
    expect(found.stdout).toContain("answer=200");
    expect(plane.requests).toEqual([]);
  });

  it("asks nothing where it is switched off, and wins over the queue", async () => {
    const { plane, start } = await useQueue();
    plane.queue({ settings: ENABLED });
    const found = await start(["--no-enable-local-proxy"]);
    expect(found).toMatchObject({ code: 0, stdout: "base=none\n" });
    expect(plane.requests).toEqual([]);
  });

  it("needs a key for the Kubiya worker before anything is installed", async () => {
    const { home, plane, startKubiya } = await useQueue();
    await home.write("mine.yaml", LOCAL);
    const empty = join(home.dir, "no-runtimes");
    const found = await startKubiya(["--proxy-config-file", "mine.yaml"], {
      KUBIYA_API_KEY: null,
      SIDELITE_RUNTIME_DIR: empty,
    });
    expect(found.code).toBe(3);
    expect(found.stderr).toContain("KUBIYA_API_KEY");
    expect(existsSync(empty)).toBe(false);
    expect(plane.requests).toEqual([]);
  });
});

describe("undecided, with a key", () => {
  it("runs with the queue's LiteLLM config", async () => {
    const { home, key, plane, start } = await useQueue();
    plane.queue({ settings: ENABLED, config_version: "7" });
    const found = await start();
    expect(found).toMatchObject({ code: 0 });
    expect(found.stdout).toMatch(ADDRESS);
    expect(found.stdout).toContain("pong from remote");
    expect(plane.requests).toEqual([
      expect.objectContaining({ method: "GET", path: CONFIG_PATH, authorization: `Bearer ${key}` }),
    ]);
    const rendered = await readFile(join(home.state, "workers/q/litellm_config.yaml"), "utf8");
    expect(rendered).toContain("model_name: remote");
  });

  it("takes the config from the queue where only the switch is local", async () => {
    const { plane, start } = await useQueue();
    plane.queue({ settings: { litellm_config: ENABLED.litellm_config } });
    const found = await start(["--enable-local-proxy"]);
    expect(found).toMatchObject({ code: 0 });
    expect(found.stdout).toMatch(ADDRESS);
  });

  for (const [what, settings] of [
    ["empty settings", {}],
    ["a proxy switched off", { ...ENABLED, enable_local_litellm_proxy: false }],
  ] as const) {
    it(`starts without a proxy for ${what}, and one line says so`, async () => {
      const { plane, start } = await useQueue();
      plane.queue({ settings });
      const found = await start();
      expect(found).toMatchObject({ code: 0, stdout: "base=none\n" });
      expect(told(found.stderr, /without a proxy/)).toHaveLength(1);
      expect(plane.requests).toHaveLength(1);
    });
  }

  it("gives the Kubiya worker the queue's models, or the control plane's gateway", async () => {
    const { key, plane, startKubiya } = await useQueue();
    plane.queue({ settings: ENABLED });
    const proxied = await startKubiya();
    expect(proxied).toMatchObject({ code: 0 });
    expect(proxied.stdout).toContain("q asked remote: 200 pong from remote\n");
    plane.queue({ settings: {} });
    const bare = await startKubiya();
    expect(bare).toMatchObject({ code: 0 });
    expect(bare.stdout).toContain("q has no proxy\n");
    expect(told(bare.stderr, /uses the control plane.s gateway/)).toHaveLength(1);
    expect(plane.requests.filter(({ path }) => path.endsWith("/start"))).toEqual(
      [0, 1].map(() => expect.objectContaining({ authorization: `Bearer ${key}` })),
    );
  });

  it("raises a readiness budget that is too short and says so; a flag beats it", async () => {
    const { plane, start } = await useQueue();
    plane.queue({ settings: { ...ENABLED, local_proxy_timeout_seconds: 5 } });
    const found = await start();
    expect(found.code).toBe(0);
    expect(told(found.stderr, /60/)).toHaveLength(1);
  });

  it("warns of a queue that is inactive", async () => {
    const { plane, start } = await useQueue();
    plane.queue({ status: "inactive", settings: ENABLED });
    const found = await start();
    expect(found.code).toBe(0);
    expect(told(found.stderr, /warning: .*the queue is inactive/)).toHaveLength(1);
  });
});

describe("a control plane that is down", () => {
  it("uses the last good settings and says how old they are", async () => {
    const { plane, start } = await useQueue();
    plane.queue({ settings: ENABLED });
    expect(await start()).toMatchObject({ code: 0 });
    plane.mode({ status: 503, retryAfter: 1 });
    const found = await start();
    expect(found).toMatchObject({ code: 0 });
    expect(found.stdout).toMatch(ADDRESS);
    expect(told(found.stderr, /its last settings are used, \S+/)).toHaveLength(1);
    expect(plane.requests.length).toBeLessThanOrEqual(5);
  });

  it("is exit 4 without them", async () => {
    const { plane, start } = await useQueue();
    await plane.close();
    const found = await start();
    expect(found).toMatchObject({ code: 4, stdout: "" });
    expect(found.stderr).toContain(plane.url);
  });

  it.each([
    ["a login page", "html"],
    ["cut JSON", "malformed"],
    ["an answer without end", "huge"],
    ["a bomb", "bomb"],
  ] as const)("is exit 4 for %s", async (_, mode) => {
    const { plane, start } = await useQueue();
    plane.mode(mode);
    expect(await start()).toMatchObject({ code: 4, stdout: "" });
  });

  it("is not followed to another server", async () => {
    const { home, plane, start } = await useQueue();
    const other = await startFakeControlPlane();
    home.onStop(() => other.close());
    plane.mode({ redirect: `${other.url}${CONFIG_PATH}` });
    expect(await start()).toMatchObject({ code: 4, stdout: "" });
    expect(other.requests).toEqual([]);
  });
});

describe("settings of the wrong type", () => {
  it.each([
    ["/settings/local_proxy_timeout_seconds", { ...ENABLED, local_proxy_timeout_seconds: "10" }],
    ["/settings/enable_local_litellm_proxy", { enable_local_litellm_proxy: "true" }],
    ["/settings/litellm_config", { ...ENABLED, litellm_config: "model_list: []" }],
  ])("are exit 4 with %s", async (pointer, settings) => {
    const { plane, start } = await useQueue();
    plane.queue({ settings });
    const found = await start();
    expect(found).toMatchObject({ code: 4, stdout: "" });
    expect(found.stderr).toContain(pointer);
  });
});

describe("a key that is refused", () => {
  it.each([401, 403])("is exit 3 after one question with %d", async (status) => {
    const { plane, start } = await useQueue();
    plane.mode({ status });
    expect(await start()).toMatchObject({ code: 3, stdout: "" });
    expect(plane.requests).toHaveLength(1);
  });
});

describe("undecided, without a key", () => {
  it("starts a command unproxied, and one line says so", async () => {
    const { plane, start } = await useQueue();
    const found = await start([], { KUBIYA_API_KEY: null });
    expect(found).toMatchObject({ code: 0, stdout: "base=none\n" });
    expect(told(found.stderr, /without a proxy.*no key/)).toHaveLength(1);
    expect(plane.requests).toEqual([]);
  });

  it("is exit 3 for the Kubiya worker", async () => {
    const { plane, startKubiya } = await useQueue();
    const found = await startKubiya([], { KUBIYA_API_KEY: null });
    expect(found).toMatchObject({ code: 3, stdout: "" });
    expect(plane.requests).toEqual([]);
  });
});
