// Direct routes beside the real LiteLLM: mixed traffic without cross-over, and each secret only where it may be.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { beforeAll, describe, expect, it } from "vitest";
import { runCli } from "../fixtures/cli.ts";
import type { RawUpstream, RecordedRequest, Respond } from "../fixtures/direct/raw-upstream.ts";
import { answer, json, startUpstream } from "../fixtures/direct/raw-upstream.ts";
import { parseObject } from "../fixtures/json-object.ts";
import { shareHome } from "../fixtures/share-home.ts";
import { useHome } from "../fixtures/use-home.ts";
import type { Served } from "./serve.ts";
import { ask, chat, contentOf, listModels, serveProxy } from "./serve.ts";

const NAMES = ["claude", "team", "child"] as const;
type Name = (typeof NAMES)[number];
/** Claude Code's, OpenAI's and LiteLLM's together. */
const AT_ONCE = 200;

/** Says who answered and what it was asked, in the shape of the endpoint. */
function saying(name: Name): Respond {
  return (request, socket) => {
    if (request.line.includes("/models")) {
      socket.write(json({ data: [] }));
      return;
    }
    const { model, messages, stream } = parseObject(request.body.toString());
    const [first] = messages as { content: string }[];
    const text = `${name}|${String(model)}|${first?.content}`;
    if (request.line.includes("count_tokens")) {
      // Its number says whose it is.
      socket.write(json({ input_tokens: Number(/\d+/.exec(first?.content ?? "")?.[0]) }));
      return;
    }
    if (stream === true) {
      socket.write(streamOf(text, model));
      return;
    }
    const isMessages = request.line.includes("/messages");
    const openai = {
      ...{ id: "c", object: "chat.completion", created: 1, model },
      choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content: text } }],
      usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
    };
    const anthropic = {
      ...{ id: "m", type: "message", role: "assistant", model, stop_reason: "end_turn" },
      content: [{ type: "text", text }],
      usage: { input_tokens: 1, output_tokens: 1 },
    };
    socket.write(json(isMessages ? anthropic : openai));
  };
}

/** One word an event, in OpenAI's shape. */
function streamOf(text: string, model: unknown): Buffer {
  const events = text.split("").map((content) => {
    const choices = [{ index: 0, delta: { content }, finish_reason: null }];
    return JSON.stringify({ id: "c", object: "chat.completion.chunk", created: 1, model, choices });
  });
  const body = [...events, "[DONE]"].map((event) => `data: ${event}\n\n`).join("");
  return answer(200, body, ["Content-Type: text/event-stream"]);
}

const configOf = (urls: Record<Name, string>) => `model_list:
  - model_name: mock-chat
    litellm_params: {model: openai/mock, api_key: os.environ/MOCK_KEY, mock_response: from LiteLLM}
sidelite:
  providers:
    claude: {base_url: '${urls.claude}/v1', api_key: '\${env.CLAUDE_KEY}', auth_header: x-api-key, dialect: anthropic}
    team: {base_url: '${urls.team}', api_key: os.environ/TEAM_KEY}
    child: {base_url: '${urls.child}/v1/', api_key: 'env:CHILD_KEY'}
  agents:
    root: {model_name: claude-direct, provider: claude, passthrough: true}
    analyst: {parent: root, model_name: child-alias, provider: child, passthrough: true}
    clerk: {parent: root, model_name: clerk-model, provider: team}
`;

interface Sent {
  readonly id: string;
  readonly answer: Promise<unknown>;
  /** Of the answer. */
  readonly expected: string;
}

/** Eight kinds of requests in turn, all sent before the first answer is awaited. */
function mixed({ url, key }: Served): Sent[] {
  const openai = new OpenAI({ baseURL: `${url}/v1`, apiKey: key, maxRetries: 0 });
  const anthropic = new Anthropic({ baseURL: url, apiKey: key, maxRetries: 0 });
  const say = async (model: string, content: string) => {
    const messages = [{ role: "user" as const, content }];
    const { choices } = await openai.chat.completions.create({ model, messages });
    return choices[0]?.message.content;
  };
  const stream = async (model: string, content: string) => {
    const messages = [{ role: "user" as const, content }];
    let text = "";
    for await (const { choices } of await openai.chat.completions.create({
      ...{ model, messages },
      stream: true,
    })) {
      text += choices[0]?.delta.content ?? "";
    }
    return text;
  };
  const kinds: ((id: string) => Omit<Sent, "id">)[] = [
    (id) => ({ answer: say("team/gpt", id), expected: `team|gpt|${id}` }),
    (id) => ({
      answer: say("child-alias::agent::analyst", id),
      expected: `child|child-alias|${id}`,
    }),
    (id) => ({ answer: say("clerk-model", id), expected: `team|clerk-model|${id}` }),
    (id) => ({ answer: say("mock-chat", id), expected: "from LiteLLM" }),
    (id) => {
      const messages = [{ role: "user" as const, content: id }];
      const body = { model: "claude-direct", max_tokens: 9, messages };
      const sent = anthropic.beta.messages.create(
        { ...body, betas: ["x-2025-01-01"] },
        { query: { beta: "true" } },
      );
      const text = sent.then(({ content }) => (content[0]?.type === "text" ? content[0].text : ""));
      return { answer: text, expected: `claude|claude-direct|${id}` };
    },
    (id) => ({ answer: stream("team/gpt", id), expected: `team|gpt|${id}` }),
    (id) => {
      const messages = [{ role: "user" as const, content: id }];
      const counted = anthropic.beta.messages.countTokens(
        { model: "claude-direct", messages, betas: ["x-2025-01-01"] },
        { query: { beta: "true" } },
      );
      const tokens = counted.then((count) => `id-${count.input_tokens}`);
      return { answer: tokens, expected: id };
    },
    () => {
      const sent = ask({ url, key }, "/api/event_logging/batch", { events: [] });
      return { answer: sent.then(({ status }) => String(status)), expected: "204" };
    },
  ];
  return Array.from({ length: AT_ONCE }, (_, index) => {
    const id = `id-${index}`;
    const kind = kinds[index % kinds.length];
    if (kind === undefined) throw new Error("no kind");
    return { id, ...kind(id) };
  });
}

/** Headers, without what discovery asked. */
function asked(upstream: RawUpstream): RecordedRequest[] {
  return upstream.requests.filter(({ line }) => line.startsWith("POST"));
}

describe("direct routes beside LiteLLM", () => {
  const home = shareHome();
  const upstreams = {} as Record<Name, RawUpstream>;
  let keys: Record<Name | "mock", string>;
  let env: Record<string, string>;
  let served: Served;

  beforeAll(async () => {
    for (const name of NAMES) {
      upstreams[name] = await startUpstream(saying(name), null, (close) => home().onStop(close));
    }
    const origins = NAMES.map((name) => [name, upstreams[name].origin]);
    keys = Object.fromEntries(
      [...NAMES, "mock" as const].map((name) => [name, home().canary(name, "sk-")]),
    ) as Record<Name | "mock", string>;
    env = Object.fromEntries(
      Object.entries(keys).map(([name, key]) => [`${name.toUpperCase()}_KEY`, key]),
    );
    const config = configOf(Object.fromEntries(origins) as Record<Name, string>);
    served = await serveProxy(home(), config, { env });
  });

  it("mixed Claude Code and OpenAI traffic never crosses over", { timeout: 180_000 }, async () => {
    const sent = mixed(served);
    const answers = await Promise.all(sent.map(({ answer: given }) => given));
    expect(answers).toEqual(sent.map(({ expected }) => expected));

    const all = Object.values(keys);
    for (const name of NAMES) {
      const own = keys[name];
      const foreign = [...all.filter((other) => other !== own), served.key];
      expect(asked(upstreams[name]).length).toBeGreaterThanOrEqual(AT_ONCE / 8);
      for (const request of upstreams[name].requests) {
        const { head, body } = request;
        const credentials = [...request.values("authorization"), ...request.values("x-api-key")];
        expect(credentials).toEqual([name === "claude" ? own : `Bearer ${own}`]);
        for (const other of foreign) expect(head + body.toString()).not.toContain(other);
      }
    }
    const [message] = asked(upstreams.claude).filter(({ line }) => line.includes("/v1/messages?"));
    expect(message?.line).toBe("POST /v1/messages?beta=true HTTP/1.1");
    expect(message?.values("anthropic-beta")).toEqual(["x-2025-01-01"]);
  });

  it(
    "lists all routes, tells LiteLLM nothing of the keys, and reloads what it must know",
    { timeout: 180_000 },
    async () => {
      expect(await listModels(served)).toEqual(["mock-chat", "clerk-model", "claude-direct"]);
      const rendered = await readFile(
        join(home().state, "workers/default/litellm_config.yaml"),
        "utf8",
      );
      expect(rendered).toContain("openai/clerk-model");
      expect(rendered).not.toMatch(/sidelite:|providers|CHILD_KEY|CLAUDE_KEY/);
      expect((await chat(served, "nobody")).text).toContain("Invalid model name");

      const args = [
        ...["agent", "add", "second", "--managed", "--provider", "child"],
        ...["--model-name", "late"],
      ];
      const file = ["--proxy-config-file", "./litellm_config.yaml"];
      const added = await runCli(home(), [...args, ...file], { env });
      expect(added.code, added.stderr).toBe(0);
      expect(added.stderr).toContain("a new LiteLLM serves the new configuration");
      expect(contentOf(await chat(served, "late"))).toBe("child|late|ping");
      expect(asked(upstreams.child).at(-1)?.values("authorization")).toEqual([
        `Bearer ${keys.child}`,
      ]);
    },
  );
});

it("the worker has no provider's key in its environment", { timeout: 180_000 }, async () => {
  const home = await useHome();
  const upstream = await startUpstream(saying("team"));
  await home.write(
    "c.yaml",
    `sidelite: {providers: {team: {base_url: '${upstream.origin}', api_key: os.environ/TEAM_KEY}}}\n`,
  );
  const script = "console.log(process.env.TEAM_KEY, process.env.LITELLM_API_BASE)";
  const args = ["run", "--proxy-config-file", "./c.yaml", "--", process.execPath, "-e", script];
  const env = { TEAM_KEY: home.canary("team", "sk-") };
  const { code, stdout } = await runCli(home, args, { env });
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: expect.stringMatching(/^undefined http:\/\/127\.0\.0\.1:\d+\n$/),
  });
});
