// Every configuration of the Kubiya page on the real LiteLLM: it boots, lists its models, and each reaches its provider.
import { readFile } from "node:fs/promises";
import { beforeAll, describe, expect, it, vi } from "vitest";

import { parseYaml } from "../../src/core/yaml.ts";
import type { FakeAws } from "../fixtures/fake-aws.ts";
import { startFakeAws } from "../fixtures/fake-aws.ts";
import type { FakeProvider, RecordedRequest } from "../fixtures/fake-provider.ts";
import { startFakeProvider } from "../fixtures/fake-provider.ts";
import type { FakeRedis } from "../fixtures/fake-redis.ts";
import { startFakeRedis } from "../fixtures/fake-redis.ts";
import type { SeedBlock } from "../fixtures/seed/index.ts";
import { SEED_BLOCKS } from "../fixtures/seed/index.ts";
import { shareHome } from "../fixtures/share-home.ts";
import { chat, contentOf, listModels, serveProxy } from "./serve.ts";

// A boot, 3 to 5 s on an idle machine, and what is asked of it.
vi.setConfig({ testTimeout: 120_000 });

const folder = new URL("../fixtures/seed/", import.meta.url);
/** What completes a fragment. */
const MOCK_MODEL = `
model_list:
  - model_name: mock
    litellm_params: {model: openai/mock, api_key: not-a-key, mock_response: pong}
`;

/** Groq's answers always name a tier, and LiteLLM counts on it. */
const GROQ_MODEL = "llama3-70b-8192";
const GROQ_ANSWER = {
  body: JSON.stringify({
    id: "chatcmpl-groq",
    object: "chat.completion",
    created: 1_700_000_000,
    model: GROQ_MODEL,
    service_tier: "on_demand",
    choices: [{ index: 0, message: { role: "assistant", content: "pong" }, finish_reason: "stop" }],
    usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
  }),
};

interface Deployment {
  readonly model_name: string;
  readonly litellm_params: { readonly model: string };
}

describe("the Kubiya page's configurations", () => {
  const home = shareHome();
  let provider: FakeProvider;
  /** Stands for the rest of the world: LiteLLM's proxy setting leads here, and nothing may come. */
  let world: FakeProvider;
  let aws: FakeAws;
  let redis: FakeRedis;

  beforeAll(async () => {
    [provider, world] = [await startFakeProvider(), await startFakeProvider()];
    [aws, redis] = [await startFakeAws(), await startFakeRedis()];
    for (const server of [provider, world, aws, redis]) home().onStop(() => server.close());
    provider.behave((request) => (upstreamModel(request) === GROQ_MODEL ? GROQ_ANSWER : {}));
  });

  /** Only hosts, ports and missing addresses of providers change. */
  function redirect({ replace, models }: SeedBlock, text: string): string {
    const served = replace ? text.replace(...replace) : text;
    const redirected = served
      .replaceAll(
        /https?:\/\/[\w.-]+(?:openai\.azure\.com|provider\.com|langfuse\.com)/g,
        provider.url,
      )
      .replaceAll(/http:\/\/(?:localhost|ollama-server\.company\.internal):11434/g, provider.url)
      .replaceAll(
        /^( *)(model: (?:groq\/.*|gpt-4-turbo-preview))$/gm,
        `$1$2\n$1api_base: ${provider.url}/v1`,
      )
      .replace("port: 6379", `port: ${redis.port}`);
    return models.length > 0 ? redirected : redirected + MOCK_MODEL;
  }

  it.each(SEED_BLOCKS)("$file", async (block) => {
    const text = redirect(block, await readFile(new URL(block.file, folder), "utf8"));
    const expected = block.models.length > 0 ? block.models : ["mock"];
    const before = provider.requests.length;
    const served = await serveProxy(home(), text, {
      file: block.file,
      env: {
        ...aws.env,
        ...block.env,
        AWS_BEDROCK_RUNTIME_ENDPOINT: provider.url,
        AZURE_API_BASE: provider.url,
        AZURE_API_VERSION: "2024-02-15-preview",
        LANGFUSE_HOST: provider.url,
        HTTP_PROXY: world.url,
        HTTPS_PROXY: world.url,
      },
    });
    try {
      expect(await listModels(served)).toEqual(expected);
      for (const name of expected) {
        const answer = await chat(served, name);
        expect(answer.status, answer.text).toBe(200);
        expect(contentOf(answer)).toContain("pong");
      }
      const asked = provider.requests
        .slice(before)
        .map(upstreamModel)
        .filter((id) => id !== null);
      expect(asked).toEqual(block.models.length > 0 ? idsOf(text, block.file) : []);
      if (block.needs === "redis") expect(redis.commands).toContain("SET");
      if (block.file === "bedrock-iam.yaml") expect(aws.requests).toContain("GET /credentials");
      if (block.file === "bedrock-role.yaml")
        expect(aws.requests).toContain(
          "STS AssumeRole arn:aws:iam::123456789:role/BedrockAccessRole",
        );
    } finally {
      await served.cli.stop();
    }
    expect(world.requests.map(({ method, url }) => `${method} ${url}`)).toEqual([]);
    expect(world.openConnections()).toBe(0);
  });
});

/** The providers' ids of a configuration's models, in order. */
function idsOf(text: string, source: string): string[] {
  const { model_list: deployments } = parseYaml(text, source).value as { model_list: Deployment[] };
  return deployments.map(({ litellm_params: { model } }) => model.slice(model.indexOf("/") + 1));
}

/** Whom a provider was asked for; null: no inference, such as Langfuse's traces. */
function upstreamModel(request: RecordedRequest): string | null {
  const bedrock = /^\/model\/([^/]+)\//.exec(request.path)?.[1];
  if (bedrock !== undefined) return decodeURIComponent(bedrock);
  const azure = /\/openai\/deployments\/([^/]+)\//.exec(request.path)?.[1];
  const { model } = request.json();
  return azure ?? (/chat|generate/.test(request.path) && typeof model === "string" ? model : null);
}
