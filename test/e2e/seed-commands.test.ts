// The seed's own commands in one script, as a reader pastes them: real LiteLLM, real Kubiya worker, loopback providers.
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";

import type { CliProcess } from "../fixtures/cli.ts";
import { PROGRAM, runCli, startCli } from "../fixtures/cli.ts";
import type { FakeControlPlane } from "../fixtures/fake-control-plane.ts";
import { startFakeControlPlane } from "../fixtures/fake-control-plane.ts";
import { startFakeProvider } from "../fixtures/fake-provider.ts";
import { startFakeTemporal } from "../fixtures/fake-temporal.ts";
import type { TestHome } from "../fixtures/home.ts";
import { parseObject } from "../fixtures/json-object.ts";
import { until } from "../fixtures/poll.ts";
import { testRuntime } from "../fixtures/runtime.ts";
import { useHome } from "../fixtures/use-home.ts";
import type { Address } from "./serve.ts";
import { chat, contentOf, listModels } from "./serve.ts";

const OLLAMA_PORT = 11434;
const START_MS = 120_000;
const INSTALL_MS = 15 * 60_000;

const DEV = `# 1. Install and start Ollama
ollama serve

# 2. Add to ~/.kubiya/config
cat >> ~/.kubiya/config <<EOF
contexts:
  - name: dev
    context:
      api-url: https://control-plane.kubiya.ai
      litellm-proxy:
        enabled: true
        config-json: |
          {
            "model_list": [
              {"model_name": "llama3", "litellm_params": {"model": "ollama/llama3", "api_base": "http://localhost:11434"}}
            ]
          }
EOF

# 3. Switch to dev context and start worker
kubiya config use-context dev
kubiya worker start --queue-id=dev-queue --type=local
`;
const LOCAL = `# In another terminal, start worker
kubiya worker start \\
  --queue-id=ollama-queue \\
  --type=local \\
  --enable-local-proxy \\
  --proxy-config-file=./litellm_ollama.json
`;
const PRODUCTION = `# 1. Create production LiteLLM config
cat > ~/.kubiya/litellm_production.yaml <<EOF
model_list:
  - model_name: claude-3-5-sonnet
    litellm_params:
      model: bedrock/anthropic.claude-3-5-sonnet-20240620-v1:0
      aws_access_key_id: os.environ/AWS_ACCESS_KEY_ID
      aws_secret_access_key: os.environ/AWS_SECRET_ACCESS_KEY
      aws_region_name: us-east-1

litellm_settings:
  success_callback: ["langfuse"]
  failure_callback: ["langfuse"]

environment_variables:
  LANGFUSE_PUBLIC_KEY: "pk-lf-..."
  LANGFUSE_SECRET_KEY: "sk-lf-..."
  LANGFUSE_HOST: "https://cloud.langfuse.com"
EOF

# 2. Add to ~/.kubiya/config
cat >> ~/.kubiya/config <<EOF
contexts:
  - name: production
    context:
      api-url: https://control-plane.kubiya.ai
      litellm-proxy:
        enabled: true
        config-file: ~/.kubiya/litellm_production.yaml
EOF

# 3. Set AWS credentials and start
export AWS_ACCESS_KEY_ID="your-key"
export AWS_SECRET_ACCESS_KEY="your-secret"
kubiya config use-context production
kubiya worker start --queue-id=prod-queue --type=local --daemon
`;

beforeAll(async () => {
  await testRuntime("kubiya-worker");
}, INSTALL_MS);

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

describe("the seed's commands", () => {
  it("work as they stand", { timeout: 3 * START_MS }, async () => {
    const home = await useHome();
    const temporal = await startFakeTemporal();
    home.onStop(() => temporal.close());
    const apiKey = home.canary("kubiya");
    const plane = await startFakeControlPlane({ apiKey, temporalHost: temporal.host });
    home.onStop(() => plane.close());
    const ollama = await startFakeProvider({ port: OLLAMA_PORT });
    home.onStop(() => ollama.close());
    const seed = await readFile(join(import.meta.dirname, "../fixtures/seed/ollama.json"), "utf8");
    await home.write("litellm_ollama.json", seed);
    await mkdir(home.state, { mode: 0o700 });
    // The programs that a reader has installed.
    const programs = `sidelite() { "${process.execPath}" "${PROGRAM}" "$@"; }\nollama() { :; }\n`;
    const aliases = "shopt -s expand_aliases\nalias kubiya=sidelite\n";
    const parts = [DEV, 'echo "dev ended"\n', LOCAL, 'echo "local ended"\n', PRODUCTION];
    const file = await home.write("script.sh", [programs, aliases, ...parts].join("\n"));
    const env = {
      KUBIYA_API_KEY: apiKey,
      KUBIYA_CONTROL_PLANE_BASE_URL: plane.url,
      ...temporal.env,
    };
    home.onStop(async () => {
      await runCli(home, ["worker", "stop", "--all"]);
    });
    const script = startCli(home, [file], { program: ["/bin/bash"], env });

    const dev = await awaitWorker(home, "dev-queue", plane, script);
    expect(contentOf(await chat(dev, "llama3"))).toContain("pong from llama3");
    expect(ollama.requests.some(({ body }) => body.includes("llama3"))).toBe(true);
    expect(await runCli(home, ["worker", "stop", "dev-queue"])).toMatchObject({ code: 0 });
    await script.waitFor(/^dev ended$/m);

    const local = await awaitWorker(home, "ollama-queue", plane, script);
    const models = await listModels(local);
    expect(models).toContain("llama3");
    expect((await chat(local, "llama3")).status).toBe(200);
    expect(await runCli(home, ["worker", "stop", "ollama-queue"])).toMatchObject({ code: 0 });
    await script.waitFor(/^local ended$/m);

    // The daemon's start returns when it is ready.
    expect(await script.finished).toMatchObject({ code: 0 });
    const production = await awaitWorker(home, "prod-queue", plane, script);
    expect(await listModels(production)).toEqual(["claude-3-5-sonnet"]);
    expect(await runCli(home, ["worker", "stop", "prod-queue"])).toMatchObject({ code: 0 });
  });
});
