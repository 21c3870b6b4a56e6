// The real LiteLLM that does not come up, or not whole: said at once, with the cause, and no worker is started for it.
import { access, readdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";

import type { CliResult } from "../fixtures/cli.ts";
import { runCli } from "../fixtures/cli.ts";
import type { TestHome } from "../fixtures/home.ts";
import { useHome } from "../fixtures/use-home.ts";

// A boot, 3 to 5 s on an idle machine, and what is asked of it.
vi.setConfig({ testTimeout: 120_000 });

const MODEL = `model_list:
  - model_name: good
    litellm_params: {model: openai/m, api_key: os.environ/PROVIDER_KEY, mock_response: pong}
`;
const COMMAND = ["--", process.execPath, "-e", 'fs.writeFileSync("ran", "")'];

interface Outcome extends CliResult {
  readonly home: TestHome;
  readonly ms: number;
}

/** `run` with this configuration, its output free of a bug and of secrets. */
async function run(
  config: string,
  { args = [], env = {} }: { args?: readonly string[]; env?: Record<string, string> } = {},
): Promise<Outcome> {
  const home = await useHome();
  const key = { PROVIDER_KEY: home.canary("provider", "sk-") };
  await home.write("litellm_config.yaml", config);
  const started = performance.now();
  const result = await runCli(
    home,
    ["run", ...args, "--proxy-config-file=./litellm_config.yaml", ...COMMAND],
    { env: { ...key, ...env } },
  );
  expect(result.stderr).not.toContain("a bug in sidelite");
  expect(result.stdout).toBe("");
  return { ...result, home, ms: performance.now() - started };
}

const ran = (home: TestHome): Promise<boolean> =>
  access(join(home.cwd, "ran")).then(
    () => true,
    () => false,
  );

describe("LiteLLM that stops during its start", () => {
  it.each([
    {
      what: "a custom module that is not there",
      config: `${MODEL}litellm_settings: {callbacks: [nowhere.handler]}\n`,
      summary: "the custom module nowhere (handler) could not be imported",
      last: "ImportError: Could not import handler from nowhere",
    },
    {
      what: "a setting that only LiteLLM judges",
      config: `${MODEL}litellm_settings: {cache: true, cache_params: {type: nosuch}}\n`,
      summary: "LiteLLM's start failed: ",
      last: "ERROR:    Application startup failed. Exiting.",
    },
  ])("for $what: exit 5, once, with its last lines", async ({ config, summary, last }) => {
    const { code, stderr, home } = await run(config);
    expect(code).toBe(5);
    expect(stderr).toContain(`sidelite: error: LiteLLM failed: ${summary}`);
    expect(stderr).toContain(last);
    expect(stderr).toMatch(/^ {2}fix: /m);
    expect(stderr.match(/^sidelite: error/gm)).toHaveLength(1);
    expect(await ran(home)).toBe(false);
    // The made-up instance stays because its log explains the failure.
    const [instance = ""] = await readdir(join(home.state, "workers"));
    expect(instance).toMatch(/^run-[0-9a-f]{8}$/);
    expect(await readdir(join(home.state, "workers", instance))).toContain("litellm_proxy.log");
  });

  it("serving none of its models: exit 5", async () => {
    const { code, stderr, home } = await run(`model_list:
  - model_name: bad
    litellm_params: {model: nosuchprovider/x}
`);
    expect(code).toBe(5);
    expect(stderr).toContain("LiteLLM failed: LiteLLM serves none of the configured models");
    expect(await ran(home)).toBe(false);
  });
});

describe("LiteLLM that is not ready in time", () => {
  it("is given up at --proxy-timeout: exit 5, the worker is not started", async () => {
    const { code, stderr, home, ms } = await run(MODEL, { args: ["--proxy-timeout=1"] });
    expect(code).toBe(5);
    expect(stderr).toMatch(/LiteLLM failed: LiteLLM was not (loaded|ready) within 1 s/);
    expect(await ran(home)).toBe(false);
    // A boot takes 3 to 5 s, the usual limit is 120 s.
    expect(ms).toBeLessThan(30_000);
  });
});

describe("LiteLLM that leaves models out", () => {
  it("serves, and the missing models are named", async () => {
    const { code, stderr, home } = await run(
      `${MODEL}  - model_name: bad
    litellm_params: {model: nosuchprovider/x}
`,
    );
    expect(code).toBe(0);
    expect(stderr).toContain("begins with nosuchprovider/, which is no provider of LiteLLM");
    expect(stderr).toContain("sidelite: warning: LiteLLM serves without bad");
    expect(await ran(home)).toBe(true);
  });
});

describe("a configuration that cannot work", () => {
  it.each([
    ["sk-1234", "is publicly known", {}],
    ["sk-short", "is too short", {}],
    ["not-a-key-at-all-000", "must begin with sk-", {}],
    ["os.environ/MASTER", "the environment variable MASTER is not set", {}],
    ["os.environ/MASTER", "is publicly known", { MASTER: "sk-1234" }],
  ])("with the master key %s: exit 2 before anything starts", async (key, message, env) => {
    const { code, stderr, home } = await run(`${MODEL}general_settings:\n  master_key: ${key}\n`, {
      env,
    });
    expect(code).toBe(2);
    expect(stderr).toMatch(/litellm_config\.yaml:5:\d+: general_settings\.master_key: /);
    expect(stderr).toContain(message);
    expect(await readdir(home.home)).toEqual([]);
  });

  it("is refused with all its problems at once", async () => {
    const { code, stderr } = await run(`model_list:
  - model_name: a
    litellm_params: {model: openai/a, api_key: os.environ/UNSET_ONE}
  - model_name: b
    litellm_params: {model: ollama/b}
  - litellm_params: {model: openai/c, api_key: os.environ/UNSET_TWO}
router_settings: {routing_strategy: bogus}
`);
    expect(code).toBe(2);
    for (const part of ["UNSET_ONE", "UNSET_TWO", "ollama serve", "model_name", "routing_strategy"])
      expect(stderr).toContain(part);
  });
});
