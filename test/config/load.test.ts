import { chmod, mkdir, readdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { resolveHome } from "../../src/config/home.ts";
import type { UserError } from "../../src/core/errors.ts";
import { contextWith, createSandbox, render } from "./support.ts";

const JSON_CONFIG = '{"model_list":[]}';

describe("enabled", () => {
  it("is off by default, and reading creates nothing", async () => {
    const sandbox = await createSandbox();
    const config = await sandbox.load();
    expect(config.proxy).toEqual({
      enabled: false,
      litellm: null,
      model: null,
      skipModelValidation: false,
      readinessSeconds: 120,
      maxRestarts: 5,
      port: null,
      queueTrust: { full: false, hosts: [] },
    });
    expect(config.context).toEqual({ name: null, file: sandbox.contextFile, exists: false });
    expect(config.controlPlane).toEqual({
      url: "https://control-plane.kubiya.ai",
      apiKey: null,
      organization: null,
    });
    expect(await readdir(sandbox.home)).toEqual(["work"]);
  });

  it.each([
    [{ proxyConfigFile: "c.yaml" }, {}, true],
    [{ proxyConfigJson: JSON_CONFIG }, {}, true],
    [{}, { KUBIYA_PROXY_CONFIG_FILE: "c.yaml" }, true],
    [{}, { KUBIYA_PROXY_CONFIG_JSON: JSON_CONFIG }, true],
    [{ proxyConfigFile: "c.yaml", enableLocalProxy: false }, {}, false],
    [{ proxyConfigFile: "c.yaml" }, { KUBIYA_ENABLE_LOCAL_PROXY: "false" }, true],
    [{ enableLocalProxy: false }, { KUBIYA_PROXY_CONFIG_FILE: "c.yaml" }, false],
    [{}, { KUBIYA_PROXY_CONFIG_FILE: "c.yaml", KUBIYA_ENABLE_LOCAL_PROXY: "0" }, false],
    [{ enableLocalProxy: "yes" }, { KUBIYA_PROXY_CONFIG_FILE: "c.yaml" }, true],
  ])("flags %j and env %j: %j", async (flags, env, enabled) => {
    const sandbox = await createSandbox();
    const config = await sandbox.load(flags, env);
    expect(config.proxy.enabled).toBe(enabled);
    expect(config.problems.length).toBe(enabled ? 0 : 1);
    expect(config.problems.every((p) => /switches the proxy off/.test(p.message))).toBe(true);
  });

  it.each(["false", "0", "no", "off"])(
    "--enable-local-proxy=%s beats a context's true",
    async (no) => {
      const sandbox = await createSandbox();
      await sandbox.writeContext(contextWith("enabled: true", "config-file: c.yaml"));
      const config = await sandbox.load({ enableLocalProxy: no });
      expect(config.proxy.enabled).toBe(false);
      expect(config.origins.enabled.shadowed).toMatchObject([
        { layer: "context", place: { line: 7 } },
      ]);
    },
  );

  it("needs more than a config in the context, with a notice", async () => {
    const sandbox = await createSandbox();
    await sandbox.writeContext(contextWith("config-file: c.yaml"));
    const config = await sandbox.load();
    expect(config.proxy.enabled).toBe(false);
    expect(render(config.problems)[0]).toMatch(/^notice .*:7:9: .*not used.*enabled: true/);
    expect((await sandbox.load({ enableLocalProxy: true })).proxy).toMatchObject({
      enabled: true,
      litellm: { path: join(sandbox.home, ".kubiya", "c.yaml") },
    });
  });

  it("without a config is an error that lists the places", async () => {
    const sandbox = await createSandbox();
    const error = await sandbox.fail({ enableLocalProxy: true });
    expect(error.exitCode).toBe(2);
    const [line = ""] = render(error.problems);
    const places = ["--enable-local-proxy", "--proxy-config-file", "--proxy-config-json"];
    places.push("KUBIYA_PROXY_CONFIG_FILE", "KUBIYA_PROXY_CONFIG_JSON", "litellm_config");
    places.push("config-file or config-json under `litellm-proxy:`", sandbox.contextFile);
    expect(places.filter((place) => !line.includes(place))).toEqual([]);
  });
});

describe.each(["run", "proxy"] as const)("%s", (command) => {
  it("implies enabled, whatever lower layers say", async () => {
    const sandbox = await createSandbox();
    const env = { KUBIYA_ENABLE_LOCAL_PROXY: "false", KUBIYA_PROXY_CONFIG_FILE: "c.yaml" };
    const config = await sandbox.load({}, env, { command });
    expect(config.proxy.enabled).toBe(true);
    await sandbox.writeContext(contextWith("config-file: c.yaml"));
    expect((await sandbox.load({}, {}, { command })).proxy.enabled).toBe(true);
  });

  it("is contradicted by --no-enable-local-proxy alone", async () => {
    const sandbox = await createSandbox();
    const flags = { enableLocalProxy: false, proxyConfigFile: "c.yaml" };
    const error = await sandbox.fail(flags, {}, { command });
    expect(error.exitCode).toBe(2);
    expect(render(error.problems)[0]).toContain("--no-enable-local-proxy");
  });

  it("names the config in the cwd with the exact flag", async () => {
    const sandbox = await createSandbox();
    expect(render((await sandbox.fail({}, {}, { command })).problems)[0]).not.toContain("./");
    await writeFile(join(sandbox.cwd, "litellm_config.yaml"), "model_list: []\n");
    const error = await sandbox.fail({}, {}, { command });
    expect(error.exitCode).toBe(2);
    expect(render(error.problems)[0]).toContain("--proxy-config-file ./litellm_config.yaml");
    expect(render(error.problems)[0]).not.toContain("litellm_config in the queue");
  });
});

describe("one layer", () => {
  it.each([
    [
      { proxyConfigFile: "a", proxyConfigJson: "{}" },
      {},
      "--proxy-config-file and --proxy-config-json",
    ],
    [
      {},
      { KUBIYA_PROXY_CONFIG_FILE: "a", KUBIYA_PROXY_CONFIG_JSON: "{}" },
      "KUBIYA_PROXY_CONFIG_FILE and KUBIYA_PROXY_CONFIG_JSON",
    ],
  ])("with file and JSON names both: %j %j", async (flags, env, names) => {
    const sandbox = await createSandbox();
    const error = await sandbox.fail(flags, env, { command: "run" });
    expect(error.exitCode).toBe(2);
    expect(render(error.problems)).toEqual([expect.stringContaining(`${names} are both set`)]);
  });

  it("a higher layer's JSON beats a lower layer's file", async () => {
    const sandbox = await createSandbox();
    const env = { KUBIYA_PROXY_CONFIG_FILE: "c.yaml" };
    const config = await sandbox.load({ proxyConfigJson: JSON_CONFIG }, env);
    expect(config.proxy.litellm).toMatchObject({ kind: "text", text: JSON_CONFIG });
    expect(config.origins.litellm.shadowed).toEqual([
      { layer: "env", place: { source: "KUBIYA_PROXY_CONFIG_FILE" } },
    ]);
  });
});

describe("faults", () => {
  it("come all at once, errors first", async () => {
    const sandbox = await createSandbox();
    await sandbox.writeContext(contextWith("port: 0", "enabeld: true"));
    const flags = { proxyPort: "70000", model: "", proxyTimeout: "x" };
    const env = {
      KUBIYA_ENABLE_LOCAL_PROXY: "maybe",
      KUBIYA_MODEL: "",
      SIDELITE_PROXY_PORT: "abc",
    };
    const error = await sandbox.fail(flags, env);
    expect(error.exitCode).toBe(2);
    const heads = render(error.problems, sandbox.home).map((line) => line.replace(/ \| .*/, ""));
    expect(heads).toEqual([
      "error --model: the value is empty",
      'error --proxy-timeout: "x" is not a number of seconds',
      'error --proxy-port: "70000" is out of range',
      'error KUBIYA_ENABLE_LOCAL_PROXY: "maybe" is not a boolean',
      'error SIDELITE_PROXY_PORT: "abc" is not a port',
      "error ~/.kubiya/config:7:9: litellm-proxy.port: 0 is out of range",
      "notice KUBIYA_MODEL: an empty value counts as not set",
      expect.stringMatching(/^warning .*enabeld/),
    ]);
  });

  it("an empty variable is not set, an empty switch is an error", async () => {
    const sandbox = await createSandbox();
    const config = await sandbox.load({}, { KUBIYA_API_KEY: "", CONTROL_PLANE_URL: " " });
    expect(config.controlPlane).toMatchObject({
      apiKey: null,
      url: "https://control-plane.kubiya.ai",
    });
    expect((await sandbox.fail({}, { KUBIYA_ENABLE_LOCAL_PROXY: "" })).exitCode).toBe(2);
  });
});

describe("the context file's place", () => {
  it("a named one must exist, --config before KUBIYA_CONFIG", async () => {
    const sandbox = await createSandbox();
    const env = { KUBIYA_CONFIG: "~/env-config" };
    const placeOf = (error: UserError) => error.problems[0]?.place?.source;
    expect(placeOf(await sandbox.fail({}, env))).toBe(`${sandbox.home}/env-config`);
    const error = await sandbox.fail({ config: "my-config" }, env);
    expect(error.exitCode).toBe(2);
    expect(placeOf(error)).toBe(`${sandbox.cwd}/my-config`);
    await writeFile(join(sandbox.cwd, "my-config"), contextWith("port: 4100"), { mode: 0o600 });
    expect((await sandbox.load({ config: "my-config" }, env)).proxy.port).toBe(4100);
  });

  it("a discovered one may be missing, but no dangling link or folder", async () => {
    const sandbox = await createSandbox();
    await mkdir(join(sandbox.home, ".kubiya"));
    expect((await sandbox.load()).context.exists).toBe(false);
    await symlink("nowhere", sandbox.contextFile);
    expect((await sandbox.fail()).exitCode).toBe(2);
    const other = await createSandbox();
    await mkdir(other.contextFile, { recursive: true });
    expect((await other.fail()).exitCode).toBe(2);
  });

  it("follows SIDELITE_HOME, unless it is named", async () => {
    const sandbox = await createSandbox();
    await mkdir(join(sandbox.cwd, "state"));
    await writeFile(join(sandbox.cwd, "state", "config"), contextWith("port: 4200"), {
      mode: 0o600,
    });
    const config = await sandbox.load({}, { SIDELITE_HOME: "state", SIDELITE_RUNTIME_DIR: "~/rt" });
    expect(config.home).toEqual({
      dir: join(sandbox.cwd, "state"),
      runtimesDir: join(sandbox.home, "rt"),
    });
    expect(config.proxy.port).toBe(4200);
    expect((await sandbox.fail({}, { SIDELITE_HOME: "$X" })).exitCode).toBe(2);
  });

  it("needs some home", () => {
    expect(() => resolveHome({ env: {}, cwd: "/", home: null })).toThrow(
      expect.objectContaining({ exitCode: 7 }),
    );
    const dir = resolveHome({ env: { SIDELITE_HOME: "/s" }, cwd: "/", home: "" });
    expect(dir).toEqual({ dir: "/s", runtimesDir: "/s/runtimes" });
  });

  it("a wanted context without any file is an error", async () => {
    const sandbox = await createSandbox();
    const error = await sandbox.fail({}, { KUBIYA_CONTEXT: "dev" });
    expect(render(error.problems)[0]).toMatch(/error KUBIYA_CONTEXT: there is no context dev/);
    expect(error.exitCode).toBe(2);
  });

  it("others may not change it; reading a token is a warning", async () => {
    const sandbox = await createSandbox();
    const user = "users: [{name: u, user: {token: kb-secret}}]\n";
    await sandbox.writeContext(user);
    await chmod(sandbox.contextFile, 0o644);
    const lines = render((await sandbox.load()).problems, sandbox.home);
    expect(lines).toEqual([
      expect.stringMatching(/^warning .*token.*chmod 600 ~\/.kubiya\/config/),
      ...lines.slice(1),
    ]);
    await sandbox.writeContext(user.replace("kb-secret", "os.environ/X"));
    expect(render((await sandbox.load()).problems).join()).not.toContain("chmod");
    await chmod(sandbox.contextFile, 0o666);
    expect((await sandbox.fail()).exitCode).toBe(8);
  });
});
