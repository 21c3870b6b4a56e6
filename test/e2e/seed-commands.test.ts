// The Kubiya page's commands in one script, as a reader pastes them: one block after the other, each in a terminal of its
// own. A few run on the real LiteLLM, production's with the real Kubiya worker; `npm run test:long` runs all of them on it,
// and seed-blocks.test.ts their configurations in any case.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";

import type { CliProcess } from "../fixtures/cli.ts";
import { PROGRAM, runCli, startCli } from "../fixtures/cli.ts";
import type { FakeControlPlane } from "../fixtures/fake-control-plane.ts";
import { startFakeControlPlane } from "../fixtures/fake-control-plane.ts";
import { makeWorkerRuntimes } from "../fixtures/fake-kubiya-worker.ts";
import { startFakeTemporal } from "../fixtures/fake-temporal.ts";
import type { TestHome } from "../fixtures/home.ts";
import { parseObject } from "../fixtures/json-object.ts";
import { until } from "../fixtures/poll.ts";
import { shareProviders, upstreamModel } from "../fixtures/providers.ts";
import { ROUNDS } from "../fixtures/rounds.ts";
import { testRuntime } from "../fixtures/runtime.ts";
import { COMMAND_BLOCKS, commandBlock, redirectHosts } from "../fixtures/seed/commands.ts";
import { shareHome } from "../fixtures/share-home.ts";
import type { Address } from "./serve.ts";
import { chat, contentOf, listModels } from "./serve.ts";

const OLLAMA_PORT = 11434;
const START_MS = 120_000;
const INSTALL_MS = 15 * 60_000;
/** What differs by its settings only need not always run on the real LiteLLM. */
const USUALLY_STAND_INS: Runtimes = ROUNDS > 20 ? "real LiteLLM" : "stand-ins";
const MODELS_OF_AZURE = ["gpt-4", "gpt-4-turbo", "gpt-35-turbo"];

type Runtimes = "stand-ins" | "real LiteLLM" | "all real";

interface Part {
  /** A block of the page, or the command that goes with its example of a context file. */
  readonly block: string;
  readonly queue: string;
  readonly runtimes: Runtimes;
  /** What the worker asks, and who is asked then. */
  readonly asked: Readonly<Record<string, string>>;
}

const CONTEXT = "context";
const START_ANY_WORKER = "kubiya worker start --queue-id=my-queue --type=local\n";

/** Every block that starts something, in the page's order. */
const PARTS: readonly Part[] = [
  {
    block: "flags-file",
    queue: "my-queue",
    runtimes: USUALLY_STAND_INS,
    asked: { "gpt-4": "gpt-4" },
  },
  {
    block: "flags-json",
    queue: "my-queue",
    runtimes: USUALLY_STAND_INS,
    asked: { "gpt-4": "gpt-4" },
  },
  {
    block: "environment",
    queue: "my-queue",
    runtimes: USUALLY_STAND_INS,
    asked: { "gpt-4": "gpt-4" },
  },
  { block: CONTEXT, queue: "my-queue", runtimes: USUALLY_STAND_INS, asked: { team: "team" } },
  {
    block: "bedrock",
    queue: "bedrock-queue",
    runtimes: USUALLY_STAND_INS,
    asked: {
      "bedrock-claude-3-5-sonnet": "anthropic.claude-3-5-sonnet-20240620-v1:0",
      "bedrock-claude-3-opus": "anthropic.claude-3-opus-20240229-v1:0",
      "bedrock-llama3-70b": "meta.llama3-70b-instruct-v1:0",
    },
  },
  {
    block: "ollama",
    queue: "ollama-queue",
    runtimes: "real LiteLLM",
    asked: {
      llama3: "llama3",
      codellama: "codellama",
      mistral: "mistral",
      "llama3-70b": "llama3:70b",
    },
  },
  {
    block: "azure",
    queue: "azure-queue",
    runtimes: USUALLY_STAND_INS,
    asked: Object.fromEntries(MODELS_OF_AZURE.map((name) => [name, name])),
  },
  {
    block: "development",
    queue: "dev-queue",
    runtimes: USUALLY_STAND_INS,
    asked: { llama3: "llama3" },
  },
  {
    block: "staging",
    queue: "staging-queue",
    runtimes: "real LiteLLM",
    asked: { "gpt-4": "gpt-4-staging" },
  },
  { block: "production", queue: "prod-queue", runtimes: "all real", asked: {} },
];

function oneModel(name: string, url: string): string {
  const parameters = `{model: openai/${name}, api_key: made-up, api_base: ${url}/v1}`;
  return `model_list: [{model_name: ${name}, litellm_params: ${parameters}}]\n`;
}

describe("the seed's commands", () => {
  const home = shareHome();
  const providers = shareProviders(home, { port: OLLAMA_PORT });

  beforeAll(async () => {
    await testRuntime("kubiya-worker");
  }, INSTALL_MS);

  it("are all here: what starts something, and what looks for trouble", () => {
    const pasted = PARTS.map(({ block }) => block).filter((block) => block !== CONTEXT);
    const others = COMMAND_BLOCKS.filter((name) => !name.startsWith("trouble-"));
    expect(pasted.toSorted()).toEqual(others);
  });

  it("work as they stand", { timeout: 4 * START_MS }, async () => {
    const { provider, env, outside } = providers();
    const temporal = await startFakeTemporal();
    home().onStop(() => temporal.close());
    const apiKey = home().canary("kubiya");
    const plane = await startFakeControlPlane({ apiKey, temporalHost: temporal.host });
    home().onStop(() => plane.close());
    await furnish(home(), provider.url);
    home().onStop(async () => {
      await runCli(home(), ["worker", "stop", "--all"]);
    });
    const script = startCli(home(), [await writeScript(home(), provider.url)], {
      program: ["/bin/bash"],
      env: {
        ...env,
        ...temporal.env,
        AZURE_API_BASE: provider.url,
        AZURE_API_KEY: home().canary("azure"),
        AZURE_API_VERSION: "2024-02-15-preview",
        AZURE_STAGING_API_KEY: home().canary("staging"),
        KUBIYA_API_KEY: apiKey,
        KUBIYA_CONTROL_PLANE_BASE_URL: plane.url,
      },
    });
    // The daemon's start returns when it is ready.
    const { code, stdout, stderr } = await script.finished;
    expect(code, stdout + stderr).toBe(0);

    const said = stdout.split("\n").filter((line) => / asked |^ended /.test(line));
    expect(said).toEqual(
      PARTS.flatMap(({ block, queue, runtimes, asked }) => [
        ...Object.entries(asked).map(
          ([name, model]) =>
            `${queue} asked ${name}: 200 pong from ${runtimes === "stand-ins" ? name : `${model} 2 3`}`,
        ),
        `ended ${block}`,
      ]),
    );
    const real = PARTS.filter(({ runtimes }) => runtimes !== "stand-ins");
    expect(provider.requests.map(upstreamModel).filter((model) => model !== null)).toEqual(
      real.flatMap(({ asked }) => Object.values(asked)),
    );
    const starts = PARTS.map(({ queue }) => `POST /api/v1/worker-queues/${queue}/start`);
    const production = await awaitWorker(home(), "prod-queue", plane, script);
    const planeSaw = plane.requests.map(({ method, path }) => `${method} ${path}`);
    expect(planeSaw.filter((line) => line.endsWith("/start"))).toEqual(starts);
    expect(await listModels(production)).toEqual(["claude-3-5-sonnet"]);
    expect(contentOf(await chat(production, "claude-3-5-sonnet"))).toContain("pong");
    expect(await runCli(home(), ["worker", "stop", "prod-queue"])).toMatchObject({ code: 0 });
    expect(outside()).toEqual([]);
  });
});

/** What a reader has: the page's files, and a context file with its example. */
async function furnish(home: TestHome, url: string): Promise<void> {
  const seed = (name: string): string =>
    redirectHosts(readFileSync(new URL(`../fixtures/seed/${name}`, import.meta.url), "utf8"), url);
  await home.write("litellm_config.yaml", oneModel("gpt-4", url));
  await home.write("litellm_bedrock.yaml", seed("bedrock.yaml"));
  await home.write("litellm_ollama.json", seed("ollama.json"));
  await home.write("litellm_azure.yaml", seed("azure.yaml"));
  const context = seed("context.yaml").replace("/Users/myuser", home.home);
  await home.write(join(home.state, "config"), context);
  await home.write(join(home.state, "litellm_production.yaml"), oneModel("team", url));
}

async function writeScript(home: TestHome, url: string): Promise<string> {
  const folders: Readonly<Record<Runtimes, string>> = {
    "stand-ins": await makeWorkerRuntimes(join(home.dir, "stand-ins"), "stand-in"),
    "real LiteLLM": await makeWorkerRuntimes(join(home.dir, "real"), "real"),
    "all real": home.env["SIDELITE_RUNTIME_DIR"] ?? "",
  };
  // The programs that a reader has installed.
  const programs = `set -e\nsidelite() { "${process.execPath}" "${PROGRAM}" "$@"; }\nollama() { :; }\ncurl() { :; }\n`;
  const aliases = "shopt -s expand_aliases\nalias kubiya=sidelite\n";
  const parts = PARTS.map(({ block, runtimes }) => {
    const text = block === CONTEXT ? START_ANY_WORKER : commandBlock(block);
    const here = redirectHosts(text, url).replaceAll("/path/to/", `${home.cwd}/`);
    return `(\nexport SIDELITE_RUNTIME_DIR='${folders[runtimes]}'\n${here})\necho "ended ${block}"\n`;
  });
  return home.write("script.sh", [programs, aliases, ...parts].join("\n"));
}

/** Its gateway, once the queue's worker has told the control plane that it is there. */
async function awaitWorker(
  home: TestHome,
  queue: string,
  plane: FakeControlPlane,
  script: CliProcess,
): Promise<Address> {
  const path = `/api/v1/worker-queues/${queue}/start`;
  await until(() => plane.requests.some((request) => request.path === path), {
    what: `the worker of ${queue}`,
    deadlineMs: START_MS,
  }).catch((error: unknown) => {
    throw new Error(script.stdout() + script.stderr(), { cause: error });
  });
  const args = ["env", "--queue-id", queue, "--shell", "json"];
  const { stdout } = await runCli(home, args);
  const { set } = parseObject(stdout) as { set: Record<string, unknown> };
  return { url: String(set["LITELLM_API_BASE"]), key: String(set["LITELLM_API_KEY"]) };
}
