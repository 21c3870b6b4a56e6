// Every configuration of the Kubiya page on the real LiteLLM: it is served, lists its models, and each reaches its
// provider. One instance serves those with keys, one reload after another, and another one those with AWS roles.
import { readFile } from "node:fs/promises";
import { describe, expect, it, vi } from "vitest";

import {
  deploymentsOf,
  shareProviders,
  upstreamModel,
  withoutProvider,
} from "../fixtures/providers.ts";
import { redirectHosts } from "../fixtures/seed/commands.ts";
import type { SeedBlock } from "../fixtures/seed/index.ts";
import { SEED_BLOCKS } from "../fixtures/seed/index.ts";
import { until } from "../fixtures/poll.ts";
import { shareHome } from "../fixtures/share-home.ts";
import type { ServeNext } from "./serve-in-turn.ts";
import { serveInTurn } from "./serve-in-turn.ts";
import { chat, contentOf, listModels } from "./serve.ts";

// A boot, 3 to 5 s on an idle machine, and what is asked of it.
vi.setConfig({ testTimeout: 120_000 });

const folder = new URL("../fixtures/seed/", import.meta.url);
/** What completes a fragment. */
const MOCK_MODEL = `
model_list:
  - model_name: mock
    litellm_params: {model: openai/mock, api_key: not-a-key, mock_response: pong}
`;
/** AWS keys in the environment would win over their roles. */
const ROLES: ReadonlySet<string> = new Set(["bedrock-iam.yaml", "bedrock-role.yaml"]);

describe("the Kubiya page's configurations", () => {
  const home = shareHome();
  const providers = shareProviders(home);

  /** Ports and missing addresses of providers change too. */
  function redirect({ replace, models }: SeedBlock, text: string): string {
    const { provider, redis } = providers();
    const served = replace ? text.replace(...replace) : text;
    const redirected = redirectHosts(served, provider.url)
      .replaceAll(
        /^( *)(model: (?:groq\/.*|gpt-4-turbo-preview))$/gm,
        `$1$2\n$1api_base: ${provider.url}/v1`,
      )
      .replace("port: 6379", `port: ${redis.port}`);
    return models.length > 0 ? redirected : redirected + MOCK_MODEL;
  }

  function envOf(blocks: readonly SeedBlock[]): Record<string, string> {
    const { provider, env } = providers();
    return {
      ...env,
      ...Object.fromEntries(blocks.flatMap((block) => Object.entries(block.env))),
      AZURE_API_BASE: provider.url,
      AZURE_API_VERSION: "2024-02-15-preview",
      LANGFUSE_HOST: provider.url,
    };
  }

  async function expectServed(block: SeedBlock, serve: ServeNext): Promise<void> {
    const { provider, aws, redis } = providers();
    const text = redirect(block, await readFile(new URL(block.file, folder), "utf8"));
    const expected = block.models.length > 0 ? block.models : ["mock"];
    const before = provider.requests.length;
    await home().write(block.file, text);
    const served = await serve(block.file);
    expect(await listModels(served)).toEqual(expected);
    for (const name of expected) {
      const answer = await chat(served, name);
      expect(answer.status, answer.text).toBe(200);
      expect(contentOf(answer)).toContain("pong");
    }
    const asked = provider.requests.slice(before).map(upstreamModel);
    const ids = deploymentsOf(text).map(({ litellm_params: { model } }) => withoutProvider(model));
    expect(asked.filter((id) => id !== null)).toEqual(block.models.length > 0 ? ids : []);
    // LiteLLM writes to its cache after the answer.
    if (block.needs === "redis") await until(() => redis.commands.has("SET"), { what: "SET" });
    if (block.file === "bedrock-iam.yaml") expect(aws.requests).toContain("GET /credentials");
    if (block.file === "bedrock-role.yaml")
      expect(aws.requests).toContain(
        "STS AssumeRole arn:aws:iam::123456789:role/BedrockAccessRole",
      );
  }

  describe.each([
    { title: "with keys", blocks: SEED_BLOCKS.filter(({ file }) => !ROLES.has(file)) },
    { title: "with AWS roles", blocks: SEED_BLOCKS.filter(({ file }) => ROLES.has(file)) },
  ])("$title", ({ blocks }) => {
    const serve = serveInTurn(home, () => envOf(blocks));
    it.each(blocks)("$file", async (block) => {
      await expectServed(block, serve);
      expect(providers().outside()).toEqual([]);
    });
  });
});
