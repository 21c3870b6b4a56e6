// What the real LiteLLM and a worker find in their environments (design 3.6).
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";

import { runCli, startCli } from "../fixtures/cli.ts";
import { closedPort } from "../fixtures/closed-port.ts";
import { startFakeProvider } from "../fixtures/fake-provider.ts";
import type { TestHome } from "../fixtures/home.ts";
import { parseObject } from "../fixtures/json-object.ts";
import { until } from "../fixtures/poll.ts";
import { useHome } from "../fixtures/use-home.ts";

// A boot, 3 to 5 s on an idle machine, and what is asked of it.
vi.setConfig({ testTimeout: 120_000 });

/** Says what LiteLLM's process has, by name and digest, and that it fires. */
const CALLBACK = `import hashlib, json, os
from litellm.integrations.custom_logger import CustomLogger

FOLDER = os.path.dirname(os.path.abspath(__file__))

def write(name, value):
    with open(os.path.join(FOLDER, name), "w") as file:
        json.dump(value, file)

class Witness(CustomLogger):
    async def async_log_success_event(self, kwargs, response_obj, start_time, end_time):
        write("fired.json", {"model": kwargs["model"]})

digest = lambda text: hashlib.sha256(text.encode()).hexdigest()
write("litellm-env.json", {name: digest(value) for name, value in os.environ.items()})
witness = Witness()
`;
/** Writes its whole environment, asks LiteLLM once and waits for the callback. */
const WORKER = `import { existsSync, writeFileSync } from "node:fs";
writeFileSync("worker-env.json", JSON.stringify(process.env));
const { LITELLM_API_BASE: base, LITELLM_API_KEY: key } = process.env;
if (base) {
  const answer = await fetch(base + "/v1/chat/completions", {
    method: "POST",
    headers: { authorization: "Bearer " + key, "content-type": "application/json" },
    body: JSON.stringify({ model: "cloud", messages: [{ role: "user", content: "ping" }] }),
  });
  console.log("answer", answer.status, await answer.text());
  while (!existsSync("fired.json")) await new Promise((resolve) => setTimeout(resolve, 20));
}
`;
const CONFIG = `model_list:
  - model_name: cloud
    litellm_params: {model: bedrock/anthropic.claude-3-haiku-20240307-v1:0, mock_response: pong}
  - model_name: plain
    litellm_params: {model: openai/plain, mock_response: pong}
  - model_name: keyed
    litellm_params: {model: openai/keyed, api_key: os.environ/PROVIDER_KEY, mock_response: pong}
litellm_settings:
  callbacks: [witness_module.witness]
  success_callback: [langfuse]
environment_variables:
  FROM_THE_FILE: file
general_settings:
  master_key: os.environ/GATEWAY_MASTER
`;

const digest = (text: string): string => createHash("sha256").update(text).digest("hex");
const readJson = async (home: TestHome, name: string): Promise<Record<string, unknown>> =>
  parseObject(await readFile(join(home.cwd, name), "utf8"));

async function prepare(home: TestHome): Promise<void> {
  await home.write("litellm_config.yaml", CONFIG);
  await home.write("witness_module.py", CALLBACK);
  await home.write("worker.mjs", WORKER);
}

const PROXY = ["--proxy-config-file=./litellm_config.yaml"];
const COMMAND = ["--", process.execPath, "worker.mjs"];
/** What a worker has anyway: its own shell's. */
const KEPT = { PLAIN: "plain", EMPTY: "", AWS_PROFILE: "team", GITHUB_TOKEN: "gh", PORT: "3000" };
/** Each would lead a worker past its LiteLLM. */
const MISLEADING = {
  LITELLM_LOG: "DEBUG",
  LITELLM_API_BASE: "http://127.0.0.1:1",
  LITELLM_MASTER_KEY: "sk-from-the-shell-0000",
  LITELLM_CONFIG_BUCKET_NAME: "bucket-of-the-shell",
  LITELLM_WORKER_STARTUP_HOOKS: "hook_of_the_shell:run",
  OPENAI_BASE_URL: "http://127.0.0.1:1",
  OPENAI_API_BASE: "http://127.0.0.1:1",
  ANTHROPIC_BASE_URL: "http://127.0.0.1:1",
  ANTHROPIC_API_URL: "http://127.0.0.1:1",
  ANTHROPIC_API_KEY: "anthropic",
  ANTHROPIC_AUTH_TOKEN: "anthropic",
  ANTHROPIC_CUSTOM_HEADERS: "x: y",
  CLAUDE_CODE_USE_BEDROCK: "1",
  KUBIYA_MODEL_OVERRIDE: "other",
  SINGLE_EXECUTION: "true",
  // A model's own.
  PROVIDER_KEY: "provider-key-of-the-shell",
  // The configuration's other openai model has no key of its own, so LiteLLM uses this one.
  OPENAI_API_KEY: "openai-key-of-the-shell",
  // The gateway's key for every path, which LiteLLM gets under sidelite's own name.
  GATEWAY_MASTER: "sk-master-of-the-shell",
};
const API_KEY = "kubiya-key-of-the-shell";
/** Each would have LiteLLM, or the Python below it, start otherwise. */
const HOSTING = {
  DATABASE_URL: "postgresql://nobody@127.0.0.1:1/none",
  REDIS_HOST: "redis.of-the-shell.example",
  DEBUG: "*",
  DETAILED_DEBUG: "True",
  HOST: "0.0.0.0",
  NUM_WORKERS: "4",
  KEEPALIVE_TIMEOUT: "1",
  SERVER_ROOT_PATH: "/of-the-shell",
  STORE_MODEL_IN_DB: "True",
  WORKER_CONFIG: '{"config": "/of-the-shell.yaml"}',
  CONFIG_FILE_PATH: "/of-the-shell/config.yaml",
  LD_PRELOAD: "libof-the-shell.so",
  NODE_OPTIONS: "--inspect=127.0.0.1:0",
  PYTHONSTARTUP: "/of-the-shell/start.py",
  PYTHONHASHSEED: "11",
};
/** Told at `--verbose`. */
const IGNORED = Object.keys(HOSTING).filter((name) => !/^(?:PYTHON|LD_|NODE_)/.test(name));

describe("the environment", () => {
  it("of LiteLLM has its providers' and callbacks' names, and of the worker what design 3.6 says", async () => {
    const home = await useHome();
    await prepare(home);
    const [langfuse, world] = [await startFakeProvider(), await startFakeProvider()];
    for (const server of [langfuse, world]) home.onStop(() => server.close());
    // Python would run it before anything else.
    await home.write("python/sitecustomize.py", 'open("python-ran", "w").close()\n');
    const port = await closedPort();
    const wanted = {
      AWS_ACCESS_KEY_ID: "AKIAENVIRONMENTTEST1",
      AWS_SECRET_ACCESS_KEY: home.canary("aws-secret"),
      AWS_SESSION_TOKEN: home.canary("aws-session"),
      AWS_CONTAINER_CREDENTIALS_FULL_URI: "http://127.0.0.1:1/credentials",
      AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: "/credentials",
      AWS_CONTAINER_AUTHORIZATION_TOKEN: home.canary("aws-container"),
      AWS_ROLE_ARN: "arn:aws:iam::1:role/r",
      AWS_WEB_IDENTITY_TOKEN_FILE: "/nonexistent/token",
      LANGFUSE_PUBLIC_KEY: "pk-lf-environment",
      LANGFUSE_SECRET_KEY: home.canary("langfuse", "sk-lf-"),
      LANGFUSE_HOST: langfuse.url,
      HTTP_PROXY: world.url,
      HTTPS_PROXY: world.url,
    };
    const unwanted = {
      ...HOSTING,
      UNRELATED_CANARY: home.canary("unrelated"),
      PYTHONPATH: join(home.cwd, "python"),
    };
    // The address of the very gateway that is to be started: a request would come back for ever.
    const misleading = { ...MISLEADING, OPENAI_BASE_URL: `http://127.0.0.1:${port}/v1` };
    const env = { ...KEPT, ...misleading, ...wanted, ...unwanted, KUBIYA_API_KEY: API_KEY };
    // The worker shows its environment in a file, secrets of the cloud included: they are not looked for there.
    const worker = startCli(
      home,
      [
        ...["worker", "start", "--queue-id=q", "--control-plane-url=http://127.0.0.1:1/"],
        ...["--verbose", `--proxy-port=${port}`, ...PROXY, ...COMMAND],
      ],
      { env: { ...env, NO_PROXY: "corp.example" } },
    );
    const { code, stdout, stderr } = await worker.finished;
    expect(code, stderr).toBe(0);
    expect(stdout).toContain("answer 200");
    expect(await readJson(home, "fired.json")).toEqual({
      model: "anthropic.claude-3-haiku-20240307-v1:0",
    });

    const litellm = await readJson(home, "litellm-env.json");
    const { OPENAI_API_KEY, PROVIDER_KEY } = MISLEADING;
    const shell = { ...wanted, AWS_PROFILE: "team", OPENAI_API_KEY, PROVIDER_KEY };
    for (const [name, value] of Object.entries({ ...shell, FROM_THE_FILE: "file" })) {
      expect([name, litellm[name]]).toEqual([name, digest(value)]);
    }
    const not = { ...unwanted, ...MISLEADING, KUBIYA_API_KEY: "", PLAIN: "", GITHUB_TOKEN: "" };
    const allowed = new Set(["OPENAI_API_KEY", "PROVIDER_KEY", "LITELLM_LOG", "WORKER_CONFIG"]);
    const wrong = Object.keys(not).filter((name) => !allowed.has(name) && name in litellm);
    expect(wrong).toEqual([]);
    expect(litellm["LITELLM_LOG"]).toBe(digest("ERROR"));
    expect(litellm["WORKER_CONFIG"]).not.toBe(digest(HOSTING.WORKER_CONFIG));
    // The shell's names alone: nothing else of it came along.
    const others = Object.keys(litellm).filter((name) => name in home.env);
    expect(others.toSorted()).toEqual(["HOME", "LANG", "PATH", "TMPDIR"]);
    expect(existsSync(join(home.cwd, "python-ran"))).toBe(false);
    expect(world.requests).toEqual([]);
    // Names only, of those that LiteLLM would have read.
    const ignored = /does not get these variables: ([^(]+) \(/.exec(stderr)?.[1]?.split(", ");
    expect(ignored).toEqual(
      expect.arrayContaining([...IGNORED, "LITELLM_WORKER_STARTUP_HOOKS", "OPENAI_BASE_URL"]),
    );
    const values = Object.entries(HOSTING).filter(([name, value]) => {
      return IGNORED.includes(name) && value.length > 5;
    });
    expect(values.filter(([, value]) => stderr.includes(value))).toEqual([]);
    const traced = await until(() => langfuse.requests.find(({ path }) => /otel/.test(path)), {
      what: "a trace at Langfuse",
    });
    const login = `${wanted.LANGFUSE_PUBLIC_KEY}:${wanted.LANGFUSE_SECRET_KEY}`;
    expect(traced.header("authorization")).toBe(`Basic ${Buffer.from(login).toString("base64")}`);

    const seen = await readJson(home, "worker-env.json");
    await home.write("worker-env.json", JSON.stringify(seen));
    const { LITELLM_API_BASE: base, LITELLM_API_KEY: key, SIDELITE_COOKIE: cookie } = seen;
    expect(base).toBe(`http://127.0.0.1:${port}`);
    expect(key).toMatch(/^sk-[\w-]{43}$/);
    expect(cookie).toMatch(/^q/);
    const noProxy = "corp.example,127.0.0.1,localhost,::1";
    expect(seen).toEqual({
      ...home.env,
      ...KEPT,
      ...wanted,
      ...unwanted,
      SIDELITE_COOKIE: cookie,
      QUEUE_ID: "q",
      KUBIYA_API_KEY: API_KEY,
      CONTROL_PLANE_URL: "http://127.0.0.1:1",
      LITELLM_API_BASE: base,
      LITELLM_API_KEY: key,
      LITELLM_PROXY_API_BASE: base,
      LITELLM_PROXY_API_KEY: key,
      LITELLM_LOCAL_MODEL_COST_MAP: "True",
      NO_PROXY: noProxy,
      no_proxy: noProxy,
    });
    const told = /^sidelite: the worker does not get (.+): the gateway/m
      .exec(stderr)?.[1]
      ?.split(", ");
    const setAnew = new Set(["LITELLM_API_BASE"]);
    expect(told).toEqual(
      Object.keys(MISLEADING)
        .filter((name) => !setAnew.has(name))
        .toSorted(),
    );
  });

  it("of a command points the SDKs at the gateway, with --model", async () => {
    const home = await useHome();
    await prepare(home);
    const env = { ...KEPT, ...MISLEADING, OPENAI_ORG_ID: "org", GEMINI_API_KEY: "gemini" };
    const args = ["run", "--model=plain", "--client=openai,anthropic", ...PROXY, ...COMMAND];
    const { code, stdout, stderr } = await runCli(home, args, { env });
    expect(code, stderr).toBe(0);
    expect(stdout).toContain("answer 200");
    const seen = await readJson(home, "worker-env.json");
    const { LITELLM_API_BASE: base, LITELLM_API_KEY: key, SIDELITE_COOKIE: cookie } = seen;
    expect(seen).toEqual({
      ...home.env,
      ...KEPT,
      GEMINI_API_KEY: "gemini",
      SIDELITE_COOKIE: cookie,
      LITELLM_API_BASE: base,
      LITELLM_API_KEY: key,
      LITELLM_PROXY_API_BASE: base,
      LITELLM_PROXY_API_KEY: key,
      LITELLM_LOCAL_MODEL_COST_MAP: "True",
      NO_PROXY: "127.0.0.1,localhost,::1",
      no_proxy: "127.0.0.1,localhost,::1",
      KUBIYA_MODEL_OVERRIDE: "plain",
      OPENAI_BASE_URL: `${String(base)}/v1`,
      OPENAI_API_BASE: `${String(base)}/v1`,
      OPENAI_API_KEY: key,
      OPENAI_MODEL: "plain",
      ANTHROPIC_BASE_URL: base,
      ANTHROPIC_API_URL: base,
      ANTHROPIC_AUTH_TOKEN: key,
      ANTHROPIC_MODEL: "plain",
    });
  });

  it("of a worker without a proxy is its shell's", async () => {
    const home = await useHome();
    await prepare(home);
    const env = { ...KEPT, ...MISLEADING, LITELLM_API_BASE: null, KUBIYA_API_KEY: API_KEY };
    const args = ["worker", "start", "--queue-id=q", "--no-enable-local-proxy", ...COMMAND];
    const { code, stderr } = await runCli(home, args, { env });
    expect(code, stderr).toBe(0);
    const seen = await readJson(home, "worker-env.json");
    const { LITELLM_API_BASE: _, ...misleading } = MISLEADING;
    expect(seen).toEqual({
      ...home.env,
      ...KEPT,
      ...misleading,
      SIDELITE_COOKIE: seen["SIDELITE_COOKIE"],
      QUEUE_ID: "q",
      KUBIYA_API_KEY: API_KEY,
      CONTROL_PLANE_URL: "https://control-plane.kubiya.ai",
    });
  });
});
