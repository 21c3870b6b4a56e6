// The main path on the real LiteLLM: what a worker's SDKs send through sidelite, and what never gets through.
import { request } from "node:http";
import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { beforeAll, describe, expect, it, vi } from "vitest";

import type { FakeProvider } from "../fixtures/fake-provider.ts";
import { startFakeProvider } from "../fixtures/fake-provider.ts";
import type { RecordedRequest } from "../fixtures/fake-provider.ts";
import { until } from "../fixtures/poll.ts";
import { shareHome } from "../fixtures/share-home.ts";
import type { Answer, Served } from "./serve.ts";
import { ask, awaitServed, chat, contentOf, launchProxy, listModels, readUrl } from "./serve.ts";

// A boot, 3 to 5 s on an idle machine, and what is asked of it.
vi.setConfig({ testTimeout: 120_000 });

const MODELS = ["mock-chat", "mock-claude", "chat", "claude", "embedding"];
const STABLE_KEY = `sk-stable-${"w".repeat(24)}`;
const PONG = (model: string): string => `pong from ${model} 2 3`;

const configOf = (url: string): string => `model_list:
  - model_name: mock-chat
    litellm_params: {model: openai/mock, api_key: os.environ/PROVIDER_KEY, mock_response: Hello from the mock.}
  - model_name: mock-claude
    litellm_params: {model: anthropic/mock, api_key: os.environ/PROVIDER_KEY, mock_response: Hello in messages.}
  - model_name: chat
    litellm_params: {model: openai/upstream-chat, api_base: ${url}/v1, api_key: os.environ/PROVIDER_KEY}
  - model_name: claude
    litellm_params: {model: anthropic/upstream-claude, api_base: ${url}, api_key: os.environ/PROVIDER_KEY}
  - model_name: embedding
    litellm_params: {model: openai/upstream-embedding, api_base: ${url}/v1, api_key: os.environ/PROVIDER_KEY}
# One failure of the only deployment would else keep it from being asked for some seconds.
router_settings: {disable_cooldowns: true, num_retries: 0}
sidelite:
  key: os.environ/WORKER_KEY
`;

describe("a proxy with mock models and a loopback provider", () => {
  const home = shareHome();
  let provider: FakeProvider;
  let served: Served;
  let providerKey: string;
  let early: Promise<{ answers: Answer[]; wasBooting: boolean }>;

  const last = (): RecordedRequest => {
    const found = provider.requests.at(-1);
    if (found === undefined) throw new Error("the provider got no request");
    return found;
  };
  const openai = (prefix = "/v1"): OpenAI =>
    new OpenAI({ baseURL: `${served.url}${prefix}`, apiKey: served.key, maxRetries: 0 });
  const stream = (model: string) =>
    openai().chat.completions.create({
      model,
      stream: true,
      messages: [{ role: "user", content: "ping" }],
    });
  const anthropic = (): Anthropic =>
    new Anthropic({ baseURL: served.url, apiKey: served.key, maxRetries: 0 });

  beforeAll(async () => {
    provider = await startFakeProvider();
    home().onStop(() => provider.close());
    providerKey = home().canary("provider", "sk-");
    const key = STABLE_KEY;
    const env = { PROVIDER_KEY: providerKey, WORKER_KEY: key };
    const cli = await launchProxy(home(), configOf(provider.url), { env });
    const url = await readUrl(home());
    const questions = [
      chat({ url, key }, "mock-chat"),
      chat({ url, key }, "chat"),
      ask({ url, key }, "/v1/messages", {
        model: "mock-claude",
        max_tokens: 9,
        messages: [{ role: "user", content: "ping" }],
      }),
    ];
    const wasBooting = cli.stdout() === "";
    early = Promise.all(questions).then((answers) => ({ answers, wasBooting }));
    early.catch(() => {}); // told by the test that awaits it
    served = await awaitServed(cli);
  });

  it("answers the requests that came while LiteLLM booted", async () => {
    // `sidelite.key`: known before anything is started.
    expect(served.key).toBe(STABLE_KEY);
    const { answers, wasBooting } = await early;
    expect(wasBooting).toBe(true);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(answers.slice(0, 2).map(contentOf)).toEqual([
      "Hello from the mock.",
      PONG("upstream-chat"),
    ]);
    expect(answers[2]?.json()).toMatchObject({ content: [{ text: "Hello in messages." }] });
  });

  it.each(["/v1", ""])("chats through the openai SDK at %j", async (prefix) => {
    const messages = [{ role: "user" as const, content: "ping" }];
    const mocked = await openai(prefix).chat.completions.create({ model: "mock-chat", messages });
    expect(mocked.choices[0]?.message.content).toBe("Hello from the mock.");
    const real = await openai(prefix).chat.completions.create({ model: "chat", messages });
    expect(real.choices[0]?.message.content).toBe(PONG("upstream-chat"));
    expect(last().path).toBe("/v1/chat/completions");
    expect(last().json()).toMatchObject({ model: "upstream-chat", messages });
    expect(last().header("authorization")).toBe(`Bearer ${providerKey}`);
    expect(last().rawHead.toString()).not.toContain(served.key);
  });

  it("streams through the openai SDK", async () => {
    expect(await collect(await stream("chat"))).toEqual(["pong from upstream-chat", " 2", " 3"]);
  });

  it("hands each piece on while the provider still speaks, and tells it that the client left", async () => {
    provider.behave({ stallAfter: 3 });
    const pieces = await stream("chat");
    for await (const { choices } of pieces) {
      expect(choices[0]?.delta.content).toBe("pong from upstream-chat");
      break;
    }
    provider.behave({});
    pieces.controller.abort();
    const asked = last();
    await until(() => asked.cut, { what: "the end of the provider's stream" });
    expect(asked.answered).toBe(false);
  });

  it("streams a mock", async () => {
    expect((await collect(await stream("mock-chat"))).join("")).toBe("Hello from the mock.");
  });

  it("lists exactly the configured models", async () => {
    const listed = [];
    for await (const { id } of await openai().models.list()) listed.push(id);
    expect(listed).toEqual(MODELS);
    expect(await listModels(served)).toEqual(MODELS);
    expect((await ask(served, "/models")).text).toBe((await ask(served, "/v1/models")).text);
  });

  it("speaks Messages with the anthropic SDK", async () => {
    const body = { max_tokens: 16, messages: [{ role: "user" as const, content: "ping" }] };
    const mocked = await anthropic().messages.create({ model: "mock-claude", ...body });
    expect(mocked.content).toMatchObject([{ type: "text", text: "Hello in messages." }]);
    const real = await anthropic().messages.create({ model: "claude", ...body });
    expect(real.content).toMatchObject([{ type: "text", text: PONG("upstream-claude") }]);
    expect(last().path).toBe("/v1/messages");
    expect(last().json()).toMatchObject({ model: "upstream-claude" });
    expect(last().header("x-api-key")).toBe(providerKey);

    const streamed = anthropic().messages.stream({ model: "claude", ...body });
    expect(await streamed.finalText()).toBe(PONG("upstream-claude"));
  });

  it("embeds through the openai SDK", async () => {
    const { data } = await openai().embeddings.create({ model: "embedding", input: ["a", "b"] });
    expect(data.map(({ embedding }) => embedding)).toEqual([
      [0.5, -0.25, 0.125],
      [0.5, -0.25, 0.125],
    ]);
    expect(last().json()).toMatchObject({ model: "upstream-embedding", input: ["a", "b"] });
  });

  it("keeps LiteLLM's own answer to a model that is not there", async () => {
    const answer = await chat(served, "nobody");
    expect(answer.status).toBe(400);
    expect(answer.text).toContain("Invalid model name passed in model=nobody");
  });

  it.each([
    ["no key", {}, 401],
    ["a wrong key", { authorization: "Bearer sk-wrong" }, 401],
    ["another host", { host: "evil.example" }, 421],
    ["a page of the web", { origin: "https://evil.example" }, 403],
  ])("refuses %s", async (_what, headers: Record<string, string>, status) => {
    const before = provider.requests.length;
    const authorization = { authorization: `Bearer ${served.key}` };
    const sent = status === 401 ? headers : { ...authorization, ...headers };
    expect(await rawStatus(served.url, "/v1/chat/completions", sent)).toBe(status);
    expect(await rawStatus(served.url, "/v1/models", sent)).toBe(status);
    expect(provider.requests.length).toBe(before);
  });

  it.each(["/model/info", "/key/generate", "/config/yaml", "/", "/v1/../model/info"])(
    "has no %s for a worker's key",
    async (path) => {
      const authorization = `Bearer ${served.key}`;
      expect(await rawStatus(served.url, path, { authorization })).toBe(404);
    },
  );

  // S17: LiteLLM refuses the first two itself, the gateway the others.
  it.each(["api_base", "base_url", "api_key", "user_config", "mock_response"])(
    "lets no request choose its %s",
    async (name) => {
      const thief = await startFakeProvider();
      home().onStop(() => thief.close());
      const before = provider.requests.length;
      const refused = await chat(served, "chat", { [name]: thief.url });
      expect([400, 401], refused.text).toContain(refused.status);
      expect(refused.text).toContain(name);
      expect(thief.requests).toEqual([]);
      expect(provider.requests.length).toBe(before);
      expect((await chat(served, "chat")).status).toBe(200);
    },
  );

  it.each([401, 429, 503])("hands a provider's %i through", async (status) => {
    provider.behave({ status, body: '{"error":{"message":"the provider says no"}}' });
    const answer = await chat(served, "chat");
    provider.behave({});
    expect(answer.status).toBe(status);
    expect(answer.text).toContain("the provider says no");
  });
});

/** The texts of a stream, as they came. */
async function collect(stream: AsyncIterable<OpenAI.Chat.ChatCompletionChunk>): Promise<string[]> {
  const texts: string[] = [];
  for await (const { choices } of stream) {
    const text = choices[0]?.delta.content;
    if (text) texts.push(text);
  }
  return texts;
}

/** With exactly these headers, the path as it stands. */
function rawStatus(
  url: string,
  path: string,
  headers: Readonly<Record<string, string>>,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const sent = request({ hostname, port, path, headers, method: "GET" }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.on("error", reject);
    sent.end();
  });
}
