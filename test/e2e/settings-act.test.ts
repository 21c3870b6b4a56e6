// Settings of the seed that must act, on the real LiteLLM: routing, fallbacks, Langfuse, metadata, rpm. One instance serves
// them, one reload after another.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";

import { startFakeProvider } from "../fixtures/fake-provider.ts";
import type { FakeProvider, RecordedRequest } from "../fixtures/fake-provider.ts";
import { listenOnLoopback } from "../fixtures/listen.ts";
import { until } from "../fixtures/poll.ts";
import { shareHome } from "../fixtures/share-home.ts";
import { serveInTurn } from "./serve-in-turn.ts";
import type { Served } from "./serve.ts";
import { chat, contentOf } from "./serve.ts";

function model(name: string, { url }: FakeProvider, id = "up"): string {
  return `  - {model_name: ${name}, litellm_params: {model: openai/${id}, api_base: "${url}/v1", api_key: dummy}}\n`;
}

/** LiteLLM also asks an upstream for its models now and then. */
function posts({ requests }: FakeProvider): readonly RecordedRequest[] {
  return requests.filter(({ method }) => method === "POST");
}

const MOCK = "  - {model_name: mock, litellm_params: {model: openai/x, mock_response: hi}}\n";

const PROBE = `import json, os
from litellm.integrations.custom_logger import CustomLogger

class Probe(CustomLogger):
    async def async_log_success_event(self, kwargs, response_obj, start_time, end_time):
        metadata = kwargs["litellm_params"].get("metadata") or {}
        told = {"team": metadata.get("team"), "environment": metadata.get("environment")}
        with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "told"), "a") as file:
            file.write(json.dumps(told) + "\\n")

handler = Probe()
`;

describe("a setting of the seed", () => {
  const home = shareHome();
  let secret: string;
  beforeAll(() => {
    secret = home().canary("langfuse", "sk-lf-");
  });
  const next = serveInTurn(home, () => ({ SECRET: secret }));

  async function serve(config: string): Promise<Served> {
    await home().write("litellm_config.yaml", config);
    return next("litellm_config.yaml");
  }

  async function startProvider(): Promise<FakeProvider> {
    const provider = await startFakeProvider();
    home().onStop(() => provider.close());
    return provider;
  }

  it("least-busy routing goes around the upstream that is busy", async () => {
    const [one, two] = await Promise.all([startProvider(), startProvider()]);
    const config = `model_list:\n${model("m", one)}${model("m", two)}router_settings: {routing_strategy: least-busy, num_retries: 0}\n`;
    const served = await serve(config);
    for (const provider of [one, two]) {
      provider.behave(({ body }) => (body.includes("slow") ? { delayMs: 5_000 } : {}));
    }
    const slow = chat(served, "m", { messages: [{ role: "user", content: "slow" }] });
    const busy = await until(() => [one, two].find((each) => posts(each).length === 1), {
      what: "the slow request",
    });
    // Chance alone would send half of them to the busy one.
    for (let index = 0; index < 8; index += 1) {
      expect((await chat(served, "m", { seed: index })).status).toBe(200);
    }
    expect(posts(busy)).toHaveLength(1);
    expect((await slow).status).toBe(200);
  });

  it("fallbacks ask the next model when the first fails", async () => {
    const [one, two] = await Promise.all([startProvider(), startProvider()]);
    const config = `model_list:\n${model("a", one)}${model("b", two, "second")}litellm_settings:\n  num_retries: 0\n  fallbacks: [{"a": ["b"]}]\n`;
    const served = await serve(config);
    one.behave({ status: 500, body: '{"error":{"message":"broken"}}' });
    const answer = await chat(served, "a");
    expect(answer.status).toBe(200);
    expect(contentOf(answer)).toContain("second");
    expect(posts(one).length).toBeGreaterThan(0);
    expect(posts(two)).toHaveLength(1);
  });

  it("the Langfuse callback sends what was asked to the host of environment_variables", async () => {
    const events: { path: string; body: Buffer; authorization: string | undefined }[] = [];
    const receiver = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const raw = Buffer.concat(chunks);
        const isPacked = request.headers["content-encoding"] === "gzip";
        const { authorization } = request.headers;
        events.push({
          path: request.url ?? "",
          body: isPacked ? gunzipSync(raw) : raw,
          authorization,
        });
        response.end("{}");
      });
    });
    const url = `http://127.0.0.1:${await listenOnLoopback(receiver)}`;
    home().onStop(async () => {
      receiver.closeAllConnections();
      await new Promise((resolve) => receiver.close(resolve));
    });
    const config = `model_list:\n${MOCK}litellm_settings: {success_callback: ["langfuse"]}
environment_variables:
  LANGFUSE_PUBLIC_KEY: "pk-lf-test"
  LANGFUSE_SECRET_KEY: os.environ/SECRET
  LANGFUSE_HOST: "${url}"
`;
    const served = await serve(config);
    const marks = ["first-mark", "second-mark"];
    for (const mark of marks) {
      const messages = [{ role: "user", content: mark }];
      expect((await chat(served, "mock", { messages })).status).toBe(200);
    }
    const traces = () => events.filter(({ path }) => path === "/api/public/otel/v1/traces");
    await until(() => marks.every((mark) => traces().some(({ body }) => body.includes(mark))), {
      what: "both traces",
      deadlineMs: 40_000,
    });
    const login = Buffer.from(`pk-lf-test:${secret}`).toString("base64");
    expect(new Set(traces().map(({ authorization }) => authorization))).toEqual(
      new Set([`Basic ${login}`]),
    );
  });

  it("what LiteLLM itself ignores acts: metadata goes with every request, rpm is kept by the gateway", async () => {
    await home().write("probe.py", PROBE);
    const config = `model_list:\n${MOCK}litellm_settings:
  callbacks: [probe.handler]
  metadata: {team: core, environment: production}
  rpm: 2
`;
    const served = await serve(config);
    expect((await chat(served, "mock")).status).toBe(200);
    const told = await until(() => readFile(join(home().cwd, "told"), "utf8").catch(() => null), {
      what: "the callback",
    });
    expect(JSON.parse(told.split("\n")[0] ?? "")).toEqual({
      team: "core",
      environment: "production",
    });
    expect((await chat(served, "mock")).status).toBe(200);
    const refused = await chat(served, "mock");
    expect(refused.status).toBe(429);
    expect(refused.text).toContain("rate limit of 2 requests per minute");
  });
});
