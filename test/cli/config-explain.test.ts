import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { CliOptions } from "../fixtures/cli.ts";
import { runCli } from "../fixtures/cli.ts";
import type { FakeControlPlane } from "../fixtures/fake-control-plane.ts";
import { startFakeControlPlane } from "../fixtures/fake-control-plane.ts";
import type { TestHome } from "../fixtures/home.ts";
import { useHome } from "../fixtures/use-home.ts";

const CONTEXT = `current-context: dev
contexts:
  - name: dev
    context:
      litellm-proxy:
        enabled: true
        config-file: dev.yaml
        port: 4100
        timeout-seconds: 90
`;
const MODELS =
  "model_list:\n  - model_name: m\n    litellm_params: {model: openai/m, api_base: 'http://127.0.0.1:9', api_key: dummy}\n";

function explain(home: TestHome, args: readonly string[] = [], env: CliOptions["env"] = {}) {
  return runCli(home, ["config", "explain", ...args], { env });
}

/** The cells of each row, by the setting's label. */
function rowsOf(stdout: string): Map<string, string[]> {
  const lines = (stdout.split("\n\n")[0] ?? "").split("\n");
  return new Map(
    lines.map((line) => line.split(/ {2,}/)).map(([label = "", ...cells]) => [label, cells]),
  );
}

describe("config explain", () => {
  it("says where each setting comes from and what it hides", async () => {
    const home = await useHome();
    const file = await home.write(join(home.state, "config"), CONTEXT);
    await home.write("mine.yaml", MODELS);
    const env = {
      KUBIYA_PROXY_CONFIG_FILE: "mine.yaml",
      KUBIYA_API_KEY: home.canary("key"),
      SIDELITE_PROXY_PORT: "4200",
    };
    const found = await explain(home, ["--proxy-port", "4300"], env);
    expect(found.code).toBe(0);
    const rows = rowsOf(found.stdout);
    expect(rows.get("SETTING")).toEqual(["VALUE", "LAYER", "FROM", "HIDES"]);
    expect(rows.get("enabled")).toEqual([
      "true",
      "env",
      "KUBIYA_PROXY_CONFIG_FILE (implied)",
      `${file}:6:9`,
    ]);
    expect(rows.get("LiteLLM config")).toEqual([
      `${home.cwd}/mine.yaml`,
      "env",
      "KUBIYA_PROXY_CONFIG_FILE",
      `${file}:7:9`,
    ]);
    expect(rows.get("gateway port")).toEqual([
      "4300",
      "flags",
      "--proxy-port",
      `SIDELITE_PROXY_PORT, ${file}:8:9`,
    ]);
    expect(rows.get("readiness budget, s")).toEqual(["90", "context", `${file}:9:9`]);
    expect(rows.get("restarts per 10 min")).toEqual(["5", "default", "default"]);
    expect(rows.get("API key")).toEqual(["***", "env", "KUBIYA_API_KEY"]);
    expect(rows.get("context")).toEqual(["dev", "context", `${file}:1:1`]);
    // What LiteLLM would read.
    expect(found.stdout).toContain(`# Made by sidelite from ${home.cwd}/mine.yaml`);
    expect(found.stdout).toContain("model_name: m");
  });

  it("has the same for programs", async () => {
    const home = await useHome();
    const file = await home.write(join(home.state, "config"), CONTEXT);
    await home.write(join(home.state, "dev.yaml"), MODELS);
    const { stdout, code } = await explain(home, ["--json"]);
    expect(code).toBe(0);
    const found = JSON.parse(stdout);
    expect(found).toMatchObject({
      schemaVersion: 1,
      contextFile: { name: "dev", file, exists: true },
    });
    expect(found.settings).toContainEqual({
      name: "port",
      label: "gateway port",
      value: 4100,
      layer: "context",
      place: { source: file, line: 8, column: 9 },
      implied: false,
      shadowed: [],
    });
    expect(found.litellm).toContain("model_name: m");
  });

  it("shows the table and every fault of a configuration that cannot start", async () => {
    const home = await useHome();
    await home.write(join(home.state, "config"), CONTEXT.replace("4100", "0"));
    const found = await explain(home);
    expect(found.code).toBe(2);
    expect(rowsOf(found.stdout).get("readiness budget, s")?.[0]).toBe("90");
    expect(found.stderr).toMatch(/config:8:9.*out of range/);
    const missing = await explain(home, [
      "--proxy-config-file",
      "none.yaml",
      "--proxy-port",
      "4000",
    ]);
    expect(missing.code).toBe(2);
  });

  it("view --merged is a context file with the same meaning", async () => {
    const home = await useHome();
    await home.write(join(home.state, "config"), CONTEXT);
    await home.write(join(home.state, "dev.yaml"), MODELS);
    const { stdout } = await runCli(home, ["config", "view", "--merged", "--proxy-port", "4300"]);
    expect(stdout).toContain(`config-file: ${home.state}/dev.yaml\n`);
    expect(stdout).toContain("port: 4300\n");
    const copy = await home.write("copy", stdout);
    const again = rowsOf((await explain(home, ["--config", copy])).stdout);
    const rows = rowsOf((await explain(home, ["--proxy-port", "4300"])).stdout);
    const values = (table: Map<string, string[]>) =>
      [...table]
        .filter(([label]) => label !== "context file")
        .map(([label, [value]]) => [label, value]);
    expect(values(again)).toEqual(values(rows));
  });
});

describe("config explain --queue-id", () => {
  async function usePlane(
    home: TestHome,
  ): Promise<{ plane: FakeControlPlane; ask: (args?: string[]) => ReturnType<typeof explain> }> {
    const apiKey = home.canary("api-key");
    const plane = await startFakeControlPlane({ apiKey });
    home.onStop(() => plane.close());
    const env = {
      KUBIYA_API_KEY: apiKey,
      KUBIYA_CONTROL_PLANE_BASE_URL: plane.url,
      OPENAI_API_KEY: home.canary("openai"),
    };
    return { plane, ask: (args = []) => explain(home, ["--queue-id", "team", ...args], env) };
  }
  const SETTINGS = {
    enable_local_litellm_proxy: true,
    litellm_config: {
      model_list: [
        {
          model_name: "team-model",
          litellm_params: { model: "openai/gpt-4", api_key: "os.environ/OPENAI_API_KEY" },
        },
      ],
    },
    local_proxy_timeout_seconds: 10,
  };

  it("shows the queue's settings with their version", async () => {
    const home = await useHome();
    const { plane, ask } = await usePlane(home);
    plane.queue({ settings: SETTINGS, config_version: 12 });
    const found = await ask();
    expect(found.code).toBe(0);
    const rows = rowsOf(found.stdout);
    expect(rows.get("enabled")).toEqual(["true", "queue", "queue team (version 12)"]);
    expect(rows.get("readiness budget, s")).toEqual(["60", "queue", "queue team (version 12)"]);
    expect(found.stderr).toContain("raised to 60 s");
    expect(found.stdout).toContain("model_name: team-model");
    plane.mode({ status: 503 });
    const again = await ask();
    expect([again.code, rowsOf(again.stdout).get("enabled")?.[1]]).toEqual([0, "queue"]);
    expect(again.stderr).toMatch(
      /queue team \(version 12\): the control plane cannot be asked \(status 503\): its last settings are used, \d+ seconds? old\n/,
    );
  });

  it("is not asked where the context decides", async () => {
    const home = await useHome();
    const { plane, ask } = await usePlane(home);
    await home.write(join(home.state, "config"), CONTEXT);
    await home.write(join(home.state, "dev.yaml"), MODELS);
    expect((await ask()).code).toBe(0);
    expect(plane.requests).toEqual([]);
  });

  it("refuses hostile settings by their path, and writes nothing", async () => {
    const home = await useHome();
    const { plane, ask } = await usePlane(home);
    plane.queue({
      settings: {
        ...SETTINGS,
        litellm_config: {
          ...SETTINGS.litellm_config,
          include: ["/etc/passwd"],
          litellm_settings: { callbacks: "evil.handler" },
        },
      },
    });
    const refused = await ask();
    expect([refused.code, refused.stdout]).toEqual([8, ""]);
    expect(refused.stderr).toMatch(
      /queue team: settings\.litellm_config\.include: .*read or write files/,
    );
    expect(refused.stderr).toContain("settings.litellm_config.litellm_settings.callbacks: ");
    await expect(readFile(join(home.state, "workers/team/queue_settings.json"))).rejects.toThrow(
      "ENOENT",
    );
  });

  it("takes what the user trusts in the context", async () => {
    const home = await useHome();
    const { plane, ask } = await usePlane(home);
    const [first] = SETTINGS.litellm_config.model_list;
    const params = { ...first?.litellm_params, api_base: "https://llm.example/v1" };
    plane.queue({
      settings: {
        ...SETTINGS,
        litellm_config: { model_list: [{ model_name: "m", litellm_params: params }] },
      },
    });
    expect((await ask()).code).toBe(8);
    const trust = (line: string) =>
      home.write(
        join(home.state, "config"),
        `current-context: c\ncontexts:\n  - name: c\n    context:\n      litellm-proxy:\n        ${line}\n`,
      );
    await trust("trust-hosts: [llm.example]");
    expect((await ask()).code).toBe(0);
    await trust("trust-queue: full");
    expect((await ask()).code).toBe(0);
  });

  it.each([
    [{ status: 401 }, 3, /refuses the API key/],
    [{ status: 500 }, 4, /cannot be asked.*status 500/],
    ["html", 4, /not JSON/],
    [{ redirect: "http://127.0.0.1:1/" }, 4, /redirects are not followed/],
  ] as const)("%j is exit %i", async (mode, code, pattern) => {
    const home = await useHome();
    const { plane, ask } = await usePlane(home);
    plane.mode(mode);
    const failed = await ask();
    expect(failed.code).toBe(code);
    expect(failed.stderr).toMatch(pattern);
  });
});
