// The Kubiya page's commands in one script. A few run on the real LiteLLM; `npm run test:long` runs all of them on it, and
// seed-blocks.test.ts their configurations in any case. Production's run in kubiya-worker.test.ts.
import { join } from "node:path";
import { describe, expect, it } from "vitest";

import { runCli } from "../fixtures/cli.ts";
import { startFakeControlPlane } from "../fixtures/fake-control-plane.ts";
import { makeWorkerRuntimes } from "../fixtures/fake-kubiya-worker.ts";
import type { TestHome } from "../fixtures/home.ts";
import { shareProviders, upstreamModel } from "../fixtures/providers.ts";
import { ROUNDS } from "../fixtures/rounds.ts";
import { COMMAND_BLOCKS, commandBlock } from "../fixtures/seed/commands.ts";
import { shareHome } from "../fixtures/share-home.ts";
import type { Pasted } from "./page-script.ts";
import { furnish, writeScript } from "./page-script.ts";

const OLLAMA_PORT = 11434;
const START_MS = 120_000;
/** What differs by its settings only need not always run on the real LiteLLM. */
const USUALLY_STAND_INS: Runtimes = ROUNDS > 20 ? "real LiteLLM" : "stand-ins";
const MODELS_OF_AZURE = ["gpt-4", "gpt-4-turbo", "gpt-35-turbo"];

type Runtimes = "stand-ins" | "real LiteLLM";

interface Part {
  /** A block of the page, or the command that goes with its example of a context file. */
  readonly block: string;
  readonly queue: string;
  readonly runtimes: Runtimes;
  /** What the worker asks, and who is asked then. */
  readonly asked: Readonly<Record<string, string>>;
}

const CONTEXT = "context";
/** With the real Kubiya worker, in kubiya-worker.test.ts. */
const PRODUCTION = "production";
const START_ANY_WORKER = "kubiya worker start --queue-id=my-queue --type=local\n";

/** Every other block that starts something, in the page's order. */
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
];

describe("the seed's commands", () => {
  const home = shareHome();
  const providers = shareProviders(home, { port: OLLAMA_PORT });

  it("are all here: what starts something, and what looks for trouble", () => {
    const pasted = PARTS.map(({ block }) => block).filter((block) => block !== CONTEXT);
    const others = COMMAND_BLOCKS.filter((name) => !name.startsWith("trouble-"));
    expect([...pasted, PRODUCTION].toSorted()).toEqual(others);
  });

  it("work as they stand", { timeout: 4 * START_MS }, async () => {
    const { provider, env, outside } = providers();
    const apiKey = home().canary("kubiya");
    const plane = await startFakeControlPlane({ apiKey });
    home().onStop(() => plane.close());
    await furnish(home(), provider.url);
    const script = await writeScript(home(), provider.url, await pasteParts(home()));
    const { code, stdout, stderr } = await runCli(home(), [script], {
      program: ["/bin/bash"],
      env: {
        ...env,
        AZURE_API_BASE: provider.url,
        AZURE_API_KEY: home().canary("azure"),
        AZURE_API_VERSION: "2024-02-15-preview",
        AZURE_STAGING_API_KEY: home().canary("staging"),
        KUBIYA_API_KEY: apiKey,
        KUBIYA_CONTROL_PLANE_BASE_URL: plane.url,
      },
      deadlineMs: 4 * START_MS,
    });
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
    const planeSaw = plane.requests.map(({ method, path }) => `${method} ${path}`);
    expect(planeSaw.filter((line) => line.endsWith("/start"))).toEqual(starts);
    expect(outside()).toEqual([]);
  });
});

async function pasteParts(home: TestHome): Promise<Pasted[]> {
  const folders: Readonly<Record<Runtimes, string>> = {
    "stand-ins": await makeWorkerRuntimes(join(home.dir, "stand-ins"), "stand-in"),
    "real LiteLLM": await makeWorkerRuntimes(join(home.dir, "real"), "real"),
  };
  return PARTS.map(({ block, runtimes }) => ({
    block,
    text: block === CONTEXT ? START_ANY_WORKER : commandBlock(block),
    runtimes: folders[runtimes],
  }));
}
