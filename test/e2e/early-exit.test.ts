// The real LiteLLM that does not come up, or not whole: said at once, with the cause, and no worker is started for it.
import { access, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it, vi } from "vitest";

import type { CliProcess, CliResult } from "../fixtures/cli.ts";
import { runCli, startCli } from "../fixtures/cli.ts";
import type { TestHome } from "../fixtures/home.ts";
import { until } from "../fixtures/poll.ts";
import { shareHome } from "../fixtures/share-home.ts";
import { useHome } from "../fixtures/use-home.ts";

// A boot, 3 to 5 s on an idle machine, and what is asked of it.
vi.setConfig({ testTimeout: 120_000 });

const MODEL = `model_list:
  - model_name: good
    litellm_params: {model: openai/m, api_key: os.environ/PROVIDER_KEY, mock_response: pong}
`;
const FILE = "--proxy-config-file=./litellm_config.yaml";
const RAN = 'fs.writeFileSync("ran", "")';
const COMMAND = ["--", process.execPath, "-e", RAN];

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
  const result = await runCli(home, ["run", ...args, FILE, ...COMMAND], {
    env: { ...key, ...env },
  });
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
  it("is told once, with its last lines: exit 5", async () => {
    const { code, stderr, home } = await run(
      `${MODEL}litellm_settings: {callbacks: [nowhere.handler]}\n`,
    );
    expect(code).toBe(5);
    expect(stderr).toContain(
      "sidelite: error: LiteLLM failed: the custom module nowhere (handler) could not be imported",
    );
    expect(stderr).toContain("ImportError: Could not import handler from nowhere");
    expect(stderr).toMatch(/^ {2}fix: /m);
    expect(stderr.match(/^sidelite: error/gm)).toHaveLength(1);
    expect(await ran(home)).toBe(false);
    // The made-up instance stays because its log explains the failure.
    const [instance = ""] = await readdir(join(home.state, "workers"));
    expect(instance).toMatch(/^run-[0-9a-f]{8}$/);
    expect(await readdir(join(home.state, "workers", instance))).toContain("litellm_proxy.log");
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

describe("LiteLLM beside a running command", () => {
  const home = shareHome();
  let cli: CliProcess;
  beforeAll(async () => {
    const bad = "  - {model_name: bad, litellm_params: {model: nosuchprovider/x}}\n";
    await home().write("litellm_config.yaml", MODEL + bad);
    const wait = `${RAN}; setInterval(() => fs.existsSync("end") && process.exit(), 20)`;
    const args = ["run", "--name=early", FILE, "--", process.execPath, "-e", wait];
    const env = { PROVIDER_KEY: home().canary("provider", "sk-") };
    cli = startCli(home(), args, { env });
  });

  it("serves without the models that it leaves out, and they are named", async () => {
    await until(() => ran(home()), { what: "the command", deadlineMs: 60_000 });
    const stderr = cli.stderr();
    expect(stderr).toContain("begins with nosuchprovider/, which is no provider of LiteLLM");
    expect(stderr).toContain("sidelite: warning: LiteLLM serves without bad");
  });

  it.each([
    {
      what: "a custom module that is not there",
      config: `${MODEL}litellm_settings: {callbacks: [nowhere.handler]}\n`,
      cause: "the custom module nowhere (handler) could not be imported",
      last: "ImportError: Could not import handler from nowhere",
    },
    {
      what: "a setting that only LiteLLM judges",
      config: `${MODEL}litellm_settings: {cache: true, cache_params: {type: nosuch}}\n`,
      cause: "LiteLLM's start failed: ",
      last: "ERROR:    Application startup failed. Exiting.",
    },
    {
      what: "none of its models",
      config: "model_list: [{model_name: bad, litellm_params: {model: nosuchprovider/x}}]\n",
      cause: "LiteLLM serves none of the configured models",
      last: "event proxy.rejected cause=LiteLLM serves none",
    },
  ])("is not replaced for $what", async ({ config, cause, last }) => {
    const readLog = (): Promise<string> =>
      readFile(join(home().state, "workers/early/litellm_proxy.log"), "utf8");
    const before = await readLog();
    await home().write("litellm_config.yaml", config);
    const { code, stderr } = await runCli(home(), ["proxy", "reload", "early"]);
    expect(code).toBe(5);
    expect(stderr).not.toContain("a bug in sidelite");
    expect(stderr).toContain(`the new configuration did not come up: ${cause}`);
    expect(stderr).toMatch(/^ {2}fix: /m);
    await until(async () => (await readLog()).slice(before.length).includes(last), { what: last });
  });

  it("went on through all that", async () => {
    await home().write("end", "");
    const { code, stdout, stderr } = await cli.finished;
    expect(code, stderr).toBe(0);
    expect(stdout).toBe("");
    expect(stderr).not.toContain("a bug in sidelite");
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
