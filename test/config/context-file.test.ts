import { describe, expect, it } from "vitest";
import { contextWith, createSandbox, render } from "./support.ts";

const SEED = `apiVersion: v1
kind: Config
current-context: default

contexts:
  - name: default
    context:
      api-url: https://control-plane.kubiya.ai
      litellm-proxy:
        enabled: true
        config-file: ~/production.yaml
`;

const APPENDED = `contexts:
  - name: staging
    context:
      api-url: https://staging.example
      litellm-proxy:
        enabled: true
        config-file: staging.yaml
`;

describe("the context file", () => {
  it("gives values with file, line and column", async () => {
    const sandbox = await createSandbox();
    await sandbox.writeContext(SEED);
    const config = await sandbox.load();
    expect(config.context).toEqual({ name: "default", file: sandbox.contextFile, exists: true });
    expect(config.proxy).toMatchObject({
      enabled: true,
      litellm: { kind: "file", path: `${sandbox.home}/production.yaml` },
    });
    expect(config.origins.litellm).toEqual({
      layer: "context",
      place: { source: sandbox.contextFile, line: 11, column: 9 },
      shadowed: [],
    });
    expect(config.origins.context.place.line).toBe(3);
    expect(config.problems).toEqual([]);
  });

  it("may have a second `contexts:` list appended, with a notice", async () => {
    const sandbox = await createSandbox();
    await sandbox.writeContext(SEED + APPENDED);
    const config = await sandbox.load({ context: "staging" });
    expect(config.proxy.litellm).toMatchObject({ path: `${sandbox.home}/.kubiya/staging.yaml` });
    expect(config.controlPlane.url).toBe("https://staging.example");
    expect(config.origins.litellm.place.line).toBe(18);
    expect(render(config.problems, sandbox.home)).toEqual([
      expect.stringMatching(/^notice ~\/\.kubiya\/config:12:1: .*contexts/),
    ]);
    expect((await sandbox.load()).context.name).toBe("default");
  });

  it("names the glued line and the fix", async () => {
    const sandbox = await createSandbox();
    await sandbox.writeContext(SEED.trimEnd() + APPENDED);
    const error = await sandbox.fail();
    expect(error.exitCode).toBe(2);
    expect(render(error.problems, sandbox.home)[0]).toMatch(/config:11:\d+: .*contexts.* glued/);
    expect(error.problems[0]?.remedy).toMatch(/line of its own/);
  });

  it.each([
    ["other duplicate", `kind: A\nkind: B\n`, /config:2:1: .*kind/],
    ["duplicate inside", contextWith("enabled: true", "enabled: true"), /config:8:9: .*enabled/],
    ["broken YAML", "contexts: [\n", /config:\d+:\d+/],
    ["tab", "contexts:\n\t- name: c\n", /config:2:/],
    ["a list", "- a\n", /config:1:1: .*not a mapping/],
    ["contexts as mapping", "contexts: {a: b}\n", /config:1:1: contexts: is not a list/],
    ["item as text", "contexts: [a]\n", /contexts\[0\]: is not a mapping/],
    ["nameless", "contexts: [{context: {}}]\n", /contexts\[0\]\.name: the name is not text/],
    ["numeric name", "contexts: [{name: 5}]\n", /contexts\[0\]\.name: the name is not text/],
    ["context as text", "contexts: [{name: a, context: b}]\n", /contexts\[0\]\.context: is not a/],
    [
      "same name twice",
      "contexts:\n- name: a\n- name: b\n- name: a\n",
      /config:4:3: contexts\[2\]: the context a already stands in line 2/,
    ],
    [
      "context among users",
      "users: [{name: a, context: {}}]\n",
      /users\[0\]: the context a stands/,
    ],
    [
      "proxy as text",
      contextWith("").trimEnd().replace("litellm-proxy:", "litellm-proxy: x"),
      /:6:7/,
    ],
    [
      "unknown current",
      "current-context: prdo\ncontexts: [{name: prod}]\n",
      /:1:1: there is no .*prdo/,
    ],
    ["current as list", "current-context: [a]\ncontexts: [{name: a}]\n", /:1:1: current-context/],
    [
      "wrong value",
      contextWith("enabled: maybe"),
      /config:7:9: litellm-proxy\.enabled: "maybe" is/,
    ],
    ["null switch", contextWith("enabled:"), /litellm-proxy\.enabled: null is not a boolean/],
    [
      "both spellings",
      contextWith("config-file: a", "config-json: '{}'"),
      /config-file and config-json/,
    ],
    ["list as config", contextWith("config-json: [a]"), /config-json: a list is not a LiteLLM/],
  ])("%s is exit 2 with its place", async (_, text, pattern) => {
    const sandbox = await createSandbox();
    await sandbox.writeContext(text);
    const error = await sandbox.fail();
    expect(error.exitCode).toBe(2);
    expect(render(error.problems, sandbox.home).join("\n")).toMatch(pattern);
    expect(error.problems.filter((p) => p.severity === "error" && !p.remedy)).toEqual([]);
  });

  it("that is broken is the only fault", async () => {
    const sandbox = await createSandbox();
    await sandbox.writeContext("contexts: 5\n");
    const run = await sandbox.fail({}, {}, { command: "run" });
    const worker = await sandbox.fail({ enableLocalProxy: true }, {}, { kubiyaWorker: true });
    const expected = [expect.stringContaining("config:1:1: contexts: is not a list")];
    expect([run, worker].map(({ exitCode }) => exitCode)).toEqual([2, 2]);
    expect(render(run.problems)).toEqual(expected);
    expect(render(worker.problems)).toEqual(expected);
  });

  it("lists near names for an unknown context and keeps other faults", async () => {
    const sandbox = await createSandbox();
    await sandbox.writeContext("contexts: [{name: prod}, {name: dev}]\n");
    const error = await sandbox.fail({ context: "prdo", proxyPort: "0" });
    const lines = render(error.problems, sandbox.home);
    expect(lines[0]).toMatch(/--context: there is no context prdo.* \| did you mean prod\? .*dev/);
    expect(lines[1]).toMatch(/--proxy-port/);
  });

  it("without current-context selects nothing and says so", async () => {
    const sandbox = await createSandbox();
    await sandbox.writeContext(
      "contexts: [{name: prod, context: {litellm-proxy: {enabled: true}}}]\n",
    );
    const config = await sandbox.load();
    expect(config.context.name).toBeNull();
    expect(config.proxy.enabled).toBe(false);
    expect(render(config.problems)[0]).toMatch(/no context is selected.*current-context: prod/);
  });

  it.each(["", "# nothing\n", "current-context: ''\n"])(
    "may be as good as empty: %j",
    async (text) => {
      const sandbox = await createSandbox();
      await sandbox.writeContext(text);
      expect((await sandbox.load()).context).toMatchObject({ name: null, exists: true });
    },
  );

  it("warns about unknown keys with a suggestion", async () => {
    const sandbox = await createSandbox();
    await sandbox.writeContext(
      contextWith("enabeld: true", "other: 1").replace("litellm-proxy", "api_url: x\n      $&"),
    );
    const lines = render((await sandbox.load()).problems, sandbox.home);
    expect(lines[0]).toMatch(/warning .*:6:7: contexts\[0\]\.context\.api_url.*mean api-url/);
    expect(lines[1]).toMatch(/warning .*:8:9: .*enabeld.*mean enabled/);
    expect(lines[2]).toMatch(/warning .*:9:9: .*other.* \| known keys: enabled, config-file/);
  });

  it("refuses keys that would change prototypes", async () => {
    const sandbox = await createSandbox();
    await sandbox.writeContext("__proto__: {polluted: true}\n");
    expect((await sandbox.fail()).exitCode).toBe(2);
    await sandbox.writeContext("current-context: constructor\ncontexts: [{name: constructor}]\n");
    expect((await sandbox.load()).context.name).toBe("constructor");
    expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
  });

  it("keeps the config as a mapping, with places inside", async () => {
    const sandbox = await createSandbox();
    const lines = ["enabled: true", "config-json:", "  model_list:", "    - model_name: a"];
    await sandbox.writeContext(contextWith(...lines));
    const { litellm } = (await sandbox.load()).proxy;
    expect(litellm).toMatchObject({
      kind: "value",
      value: { model_list: [{ model_name: "a" }] },
      baseDir: `${sandbox.home}/.kubiya`,
    });
    const place = litellm?.kind === "value" ? litellm.place(["model_list", 0]) : null;
    expect(place).toEqual({ source: sandbox.contextFile, line: 10, column: 15 });
  });

  it("keeps the config as text, named by its place", async () => {
    const sandbox = await createSandbox();
    const lines = ["enabled: true", "config-json: |", '  {"model_list": []}'];
    await sandbox.writeContext(contextWith(...lines));
    expect((await sandbox.load()).proxy.litellm).toMatchObject({
      kind: "text",
      format: "json",
      text: '{"model_list": []}\n',
      source: `config-json (${sandbox.contextFile}:8:9)`,
    });
  });

  it("may refer to variables, and only a value in force must be set", async () => {
    const sandbox = await createSandbox();
    const lines = [
      "enabled: ${env.ON:+true}",
      "config-file: ${env.DIR}/c.yaml",
      "port: ${env.P:=4300}",
    ];
    await sandbox.writeContext(contextWith(...lines));
    expect((await sandbox.load()).proxy).toMatchObject({ enabled: false, port: 4300 });
    const on = await sandbox.load({}, { ON: "1", DIR: "/d" });
    expect(on.proxy).toMatchObject({ enabled: true, litellm: { path: "/d/c.yaml" } });
    const error = await sandbox.fail({}, { ON: "1" });
    expect(render(error.problems, sandbox.home)).toEqual([
      "error ~/.kubiya/config:8:9: litellm-proxy.config-file: the variable DIR is not set, or empty | export DIR",
    ]);
    const flags = await sandbox.load({ proxyConfigFile: "f.yaml" }, { ON: "1" });
    expect(flags.proxy.litellm).toMatchObject({ path: `${sandbox.cwd}/f.yaml` });
  });

  it("names the right spelling of a variable", async () => {
    const sandbox = await createSandbox();
    await sandbox.writeContext(contextWith("enabled: true", "config-file: ${DIR}/c.yaml"));
    expect(render((await sandbox.fail()).problems)[0]).toMatch(
      /config-file: .*write \$\{env\.DIR\}/,
    );
  });

  it("finds the list a comment has swallowed", async () => {
    const sandbox = await createSandbox();
    await sandbox.writeContext(`${SEED}users:\n  - name: u\n# the rest${APPENDED}`);
    const error = await sandbox.fail();
    expect(render(error.problems)[0]).toMatch(/users\[1\]: the context staging .*glued/);
  });
});
