// The seed's Redis cache on the real LiteLLM and Debian's Redis: the second answer never reaches the provider.
import { describe, expect, it } from "vitest";

import { chat, contentOf, serveProxy } from "../e2e/serve.ts";
import { startCli } from "../fixtures/cli.ts";
import { closedPort } from "../fixtures/closed-port.ts";
import { startFakeProvider } from "../fixtures/fake-provider.ts";
import { useHome } from "../fixtures/use-home.ts";

describe("a Redis cache", () => {
  it("answers for another LiteLLM, and goes on when Redis dies", async () => {
    const home = await useHome();
    const provider = await startFakeProvider();
    home.onStop(() => provider.close());
    const port = await closedPort();
    const args = ["--bind", "127.0.0.1", "--port", `${port}`, "--save", "", "--dir", home.cwd];
    const redis = startCli(home, args, { program: ["redis-server"] });
    await redis.waitFor(/Ready to accept connections/);
    const config = `model_list:
  - {model_name: m, litellm_params: {model: openai/up, api_base: "${provider.url}/v1", api_key: dummy}}
litellm_settings:
  cache: true
  cache_params: {type: "redis", host: "127.0.0.1", port: ${port}}
`;
    // LiteLLM also asks it for its models now and then.
    const asked = () => provider.requests.filter(({ method }) => method === "POST").length;
    const one = await serveProxy(home, config);
    const first = await chat(one, "m");
    expect(first.status).toBe(200);
    // What a LiteLLM keeps in its own memory is gone with it.
    await one.cli.stop();
    expect(asked()).toBe(1);

    const two = await serveProxy(home, config);
    const again = await chat(two, "m");
    expect(contentOf(again)).toBe(contentOf(first));
    expect(asked()).toBe(1);
    expect((await chat(two, "m", { temperature: 0.5 })).status).toBe(200);
    expect(asked()).toBe(2);
    await redis.stop();
    expect((await chat(two, "m", { temperature: 0.7 })).status).toBe(200);
    expect(asked()).toBe(3);
  });
});
