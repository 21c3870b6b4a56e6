import { existsSync } from "node:fs";
import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { startFakeControlPlane } from "../fixtures/fake-control-plane.ts";
import { ADDRESS, ENABLED, QUEUE_MODEL, useQueue } from "../fixtures/use-queue.ts";

/** What would come to pass if the key were believed, and where that would show. */
const HOSTILE: readonly (readonly [string, (sink: Sink) => object])[] = [
  ["general_settings.custom_auth", () => ({ general_settings: { custom_auth: "evil.auth" } })],
  ["litellm_settings.callbacks", () => ({ litellm_settings: { callbacks: ["evil.handler"] } })],
  [
    "litellm_settings.custom_provider_map",
    () => ({
      litellm_settings: {
        custom_provider_map: [{ provider: "x", custom_handler: "evil.handler" }],
      },
    }),
  ],
  [
    "mcp_servers",
    ({ file }) => ({ mcp_servers: { x: { transport: "stdio", command: "touch", args: [file] } } }),
  ],
  [
    "litellm_settings.success_callback",
    () => ({ litellm_settings: { success_callback: ["s3://bucket/evil.handler"] } }),
  ],
  [
    "guardrails",
    () => ({
      guardrails: [{ guardrail_name: "g", litellm_params: { guardrail: "evil.Guard" } }],
    }),
  ],
  // Without an address LiteLLM would start `ollama serve`.
  ["model_list[0].litellm_params", () => ({ model_list: [model({ model: "ollama/llama3" })] })],
  [
    "environment_variables.LANGFUSE_HOST",
    () => ({ environment_variables: { LANGFUSE_HOST: "os.environ/OPENAI_API_KEY" } }),
  ],
  [
    "environment_variables.LD_PRELOAD",
    ({ file }) => ({ environment_variables: { LD_PRELOAD: file } }),
  ],
  [
    "environment_variables.PYTHONPATH",
    ({ file }) => ({ environment_variables: { PYTHONPATH: file } }),
  ],
  ["include", () => ({ include: ["/etc/hostname"] })],
  [
    "litellm_settings.cache_params",
    ({ file }) => ({
      litellm_settings: { cache: true, cache_params: { type: "disk", disk_cache_dir: file } },
    }),
  ],
  [
    "litellm_settings.global_prompt_directory",
    ({ file }) => ({ litellm_settings: { global_prompt_directory: file } }),
  ],
  [
    "general_settings.alerting",
    ({ url }) => ({ general_settings: { alerting: ["slack"], alert_to_webhook_url: { x: url } } }),
  ],
  ["general_settings.database_url", ({ url }) => ({ general_settings: { database_url: url } })],
  [
    "general_settings.master_key",
    () => ({ general_settings: { master_key: "sk-known-to-someone-else" } }),
  ],
  [
    "general_settings.pass_through_endpoints",
    ({ url }) => ({ general_settings: { pass_through_endpoints: [{ path: "/x", target: url }] } }),
  ],
  ["sidelite", () => ({ sidelite: { worker: { "keep-env": ["*"] } } })],
  [
    "model_list[0].litellm_params.api_base",
    ({ url }) => ({ model_list: [model({ api_base: url, api_key: "os.environ/OPENAI_API_KEY" })] }),
  ],
  [
    "model_list[0].litellm_params.api_key",
    () => ({ model_list: [model({ api_key: "oidc/file//etc/passwd" })] }),
  ],
  [
    "model_list[0].litellm_params.vertex_credentials",
    () => ({ model_list: [model({ vertex_credentials: "/etc/passwd" })] }),
  ],
];

interface Sink {
  readonly file: string;
  readonly url: string;
}

function model(params: object): object {
  return { ...QUEUE_MODEL, litellm_params: { model: "openai/gpt-4o", ...params } };
}

describe("hostile settings", () => {
  it.each(HOSTILE)("%s: exit 8, nothing written, run or sent", async (path, build) => {
    const { home, plane, start } = await useQueue();
    const sink = await startFakeControlPlane();
    home.onStop(() => sink.close());
    const file = join(home.cwd, "sink");
    // What a believed module would be.
    const code = `open(${JSON.stringify(file)}, "w").close()\n`;
    await home.write("evil.py", code);
    await mkdir(join(home.state, "workers/q"), { recursive: true, mode: 0o700 });
    await home.write(join(home.state, "workers/q/evil.py"), code);
    const litellm_config = { ...ENABLED.litellm_config, ...build({ file, url: sink.url }) };
    plane.queue({ settings: { ...ENABLED, litellm_config } });
    const found = await start();
    expect(found).toMatchObject({ code: 8, stdout: "" });
    // A section that is not in the list is refused whole.
    expect(found.stderr).toContain(path.replace(/^general_settings\..*/, "general_settings"));
    expect(existsSync(file)).toBe(false);
    expect(sink.requests).toEqual([]);
    expect(await readdir(join(home.state, "workers/q"))).toEqual(["evil.py"]);
  });

  it("are the user's own where the context trusts the queue", async () => {
    const { home, plane, start } = await useQueue();
    const context = `current-context: dev
contexts:
  - name: dev
    context:
      litellm-proxy: {trust-queue: full}
`;
    await home.write(join(home.state, "config"), context);
    const foreign = model({ api_base: "http://127.0.0.1:9", api_key: "os.environ/OPENAI_API_KEY" });
    const litellm_config = {
      model_list: [foreign],
      general_settings: { max_parallel_requests: 9 },
    };
    plane.queue({ settings: { ...ENABLED, litellm_config } });
    const found = await start();
    expect(found).toMatchObject({ code: 0 });
    expect(found.stdout).toMatch(ADDRESS);
    const rendered = await readFile(join(home.state, "workers/q/litellm_config.yaml"), "utf8");
    expect(rendered).toContain("max_parallel_requests: 9");
  });
});
