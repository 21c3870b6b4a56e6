import { describe, expect, it } from "vitest";
import type { QueueRequest, QueueSource } from "../../src/config/queue-layer.ts";
import { UserError } from "../../src/core/errors.ts";
import { contextWith, createSandbox, render } from "./support.ts";

const KEY = { KUBIYA_API_KEY: "kb-env" };
const ENABLED = {
  enable_local_litellm_proxy: true,
  litellm_config: { model_list: [] },
  local_proxy_timeout_seconds: 10,
  local_proxy_max_retries: 9,
};

class StubQueue implements QueueSource {
  readonly requests: QueueRequest[] = [];
  readonly #settings: Readonly<Record<string, unknown>> | null;

  constructor(settings: Readonly<Record<string, unknown>> | null) {
    this.#settings = settings;
  }

  read(request: QueueRequest) {
    this.requests.push(request);
    const settings = this.#settings;
    return Promise.resolve(settings && { settings, place: queuePlace });
  }
}

function queuePlace() {
  return { source: "queue q" };
}

describe("the queue settings", () => {
  it.each([
    ["config by flag", { proxyConfigFile: "c.yaml" }, {}, "", 0],
    ["config by env", {}, { KUBIYA_PROXY_CONFIG_FILE: "c.yaml" }, "", 0],
    ["no by flag", { enableLocalProxy: false }, {}, "", 0],
    ["no by context", {}, {}, contextWith("enabled: false"), 0],
    ["whole context", {}, {}, contextWith("enabled: true", "config-file: c.yaml"), 0],
    ["enabled without config", {}, {}, contextWith("enabled: true"), 1],
    ["config without enabled", {}, {}, contextWith("config-file: c.yaml"), 1],
    ["nothing", {}, {}, "", 1],
  ])("%s", async (_, flags, env, context, asked) => {
    const sandbox = await createSandbox();
    if (context !== "") await sandbox.writeContext(context);
    const queue = new StubQueue(ENABLED);
    await sandbox.load(flags, { ...KEY, ...env }, { queue });
    expect(queue.requests.length).toBe(asked);
  });

  it("fill what the layers above leave open", async () => {
    const sandbox = await createSandbox();
    const queue = new StubQueue(ENABLED);
    const config = await sandbox.load({ proxyMaxRetries: "3" }, KEY, { queue });
    expect(config.proxy).toMatchObject({
      enabled: true,
      litellm: { kind: "value", value: { model_list: [] }, baseDir: null },
      readinessSeconds: 60,
      maxRestarts: 3,
    });
    expect(config.origins.maxRestarts.shadowed).toMatchObject([{ layer: "queue" }]);
    expect(render(config.problems)).toEqual([
      "notice queue q: settings.local_proxy_timeout_seconds: 10 s from the queue settings is raised to 60 s | ",
    ]);
  });

  it("leave the higher config in force when they only enable", async () => {
    const sandbox = await createSandbox();
    await sandbox.writeContext(contextWith("config-file: c.yaml"));
    const config = await sandbox.load({}, KEY, { queue: new StubQueue(ENABLED) });
    expect(config.proxy).toMatchObject({ enabled: true, litellm: { kind: "file" } });
  });

  it("are asked with the resolved control plane and key", async () => {
    const sandbox = await createSandbox();
    await sandbox.writeContext(
      "current-context: c\ncontexts: [{name: c, context: {api-url: 'https://cp.example/', user: u, organization: acme}}]\n" +
        "users: [{name: u, user: {token: kb-user}}]\n",
    );
    const queue = new StubQueue(null);
    const config = await sandbox.load({}, {}, { queue });
    expect(
      queue.requests.map(({ controlPlaneUrl, apiKey }) => [controlPlaneUrl, apiKey.reveal()]),
    ).toEqual([["https://cp.example", "kb-user"]]);
    expect(config.controlPlane.organization).toBe("acme");
    expect(JSON.stringify(config)).not.toContain("kb-user");
  });

  it.each(["run", "proxy"] as const)("are not asked by %s", async (command) => {
    const sandbox = await createSandbox();
    const queue = new StubQueue(ENABLED);
    expect((await sandbox.fail({}, KEY, { command, queue })).exitCode).toBe(2);
    expect(queue.requests).toEqual([]);
  });

  it("are not asked when something is wrong already", async () => {
    const sandbox = await createSandbox();
    const queue = new StubQueue(ENABLED);
    await sandbox.fail({ proxyPort: "0" }, KEY, { queue });
    expect(queue.requests).toEqual([]);
  });

  it("pass their own failure on", async () => {
    const sandbox = await createSandbox();
    const failure = new UserError("controlPlane", []);
    const queue = { read: () => Promise.reject(failure) };
    expect(await sandbox.fail({}, KEY, { queue })).toBe(failure);
  });

  it("that have a config but do not enable it give a notice", async () => {
    const sandbox = await createSandbox();
    const queue = new StubQueue({ litellm_config: {} });
    const config = await sandbox.load({}, KEY, { queue, kubiyaWorker: true });
    expect(config.proxy.enabled).toBe(false);
    expect(render(config.problems).join("\n")).toMatch(/not used.*\n.*control plane's gateway/);
  });
});

describe("the decision table of design 3.4", () => {
  it("decided locally, `-- command`: no key needed", async () => {
    const sandbox = await createSandbox();
    const config = await sandbox.load({ proxyConfigFile: "c.yaml" });
    expect(config.proxy.enabled).toBe(true);
    expect(config.problems).toEqual([]);
  });

  it.each([{ proxyConfigFile: "c.yaml" }, {}])(
    "Kubiya worker, no key, flags %j: exit 3",
    async (flags) => {
      const sandbox = await createSandbox();
      const error = await sandbox.fail(flags, {}, { kubiyaWorker: true });
      expect(error.exitCode).toBe(3);
      expect(error.problems[0]?.remedy).toContain("KUBIYA_API_KEY");
      expect(
        (await sandbox.fail({ ...flags, proxyPort: "0" }, {}, { kubiyaWorker: true })).exitCode,
      ).toBe(2);
    },
  );

  it("undecided, no key, `-- command`: unproxied, one line", async () => {
    const sandbox = await createSandbox();
    const config = await sandbox.load({}, {}, { queue: new StubQueue(ENABLED) });
    expect(config.proxy.enabled).toBe(false);
    expect(render(config.problems)).toEqual([expect.stringMatching(/without a proxy.*no key/)]);
  });

  it("undecided, key, not enabled: one line says which gateway", async () => {
    const sandbox = await createSandbox();
    const options = { queue: new StubQueue({}), kubiyaWorker: true };
    const config = await sandbox.load({}, KEY, options);
    expect(render(config.problems)).toEqual([expect.stringMatching(/control plane's gateway/)]);
  });

  it("says at --verbose that the queue settings are not read yet", async () => {
    const sandbox = await createSandbox();
    const text = (verbose: boolean) =>
      sandbox.load({}, KEY, { verbose }).then(({ problems }) => render(problems).join("\n"));
    expect(await text(true)).toContain("queue settings are not read yet");
    expect(await text(false)).not.toContain("queue settings");
  });
});

describe("the API key", () => {
  it.each([
    ["u", { TOK: "kb-tok" }, "kb-tok"],
    ["u", { TOK: "kb-tok", KUBIYA_API_KEY: "kb-env" }, "kb-env"],
    ["u", { KUBIYA_API_KEY: "kb-env" }, "kb-env"],
    ["empty", { KUBIYA_API_KEY: "kb-env" }, "kb-env"],
    ["''", { KUBIYA_API_KEY: "kb-env" }, "kb-env"],
    ["gone", { KUBIYA_API_KEY: "kb-env" }, "kb-env"],
  ])("user %s, env %j: %s", async (user, env, key) => {
    const sandbox = await createSandbox();
    await sandbox.writeContext(tokenFile(user));
    const config = await sandbox.load({}, env, { kubiyaWorker: true });
    expect(config.controlPlane.apiKey?.reveal()).toBe(key);
  });

  it.each([
    ["u", /token.*the variable TOK is not set.*export TOK/],
    ["gone", /no API key.*\n.*no user gone/],
    ["empty", /no API key.*\n.*empty value/],
  ])("user %s without any key is exit 3 with the reason", async (user, pattern) => {
    const sandbox = await createSandbox();
    await sandbox.writeContext(tokenFile(user));
    const error = await sandbox.fail({}, {}, { kubiyaWorker: true });
    expect(error.exitCode).toBe(3);
    expect(render(error.problems).join("\n")).toMatch(pattern);
  });

  it("that is not needed is only warned about", async () => {
    const sandbox = await createSandbox();
    await sandbox.writeContext(tokenFile("u"));
    const config = await sandbox.load({ proxyConfigFile: "c.yaml" });
    expect(render(config.problems)).toEqual([expect.stringMatching(/^warning .*TOK is not set/)]);
  });
});

function tokenFile(user: string): string {
  return [
    `current-context: c`,
    `contexts: [{name: c, context: {user: ${user}}}]`,
    "users: [{name: u, user: {token: os.environ/TOK}}, {name: empty, user: {token: ''}}]",
    "",
  ].join("\n");
}
