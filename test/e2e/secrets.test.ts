// No secret of a user in an argument, log, rendered file or error; the home's leak check looks everywhere for the canaries.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";

import { runCli, startCli } from "../fixtures/cli.ts";
import { startFakeProvider } from "../fixtures/fake-provider.ts";
import type { TestHome } from "../fixtures/home.ts";
import { until } from "../fixtures/poll.ts";
import { useHome } from "../fixtures/use-home.ts";
import { ask, chat, serveProxy } from "./serve.ts";

// A boot, 3 to 5 s on an idle machine, and what is asked of it.
vi.setConfig({ testTimeout: 120_000 });

/** Every file below the program's folder that holds `text`. */
async function filesWith(home: TestHome, text: string): Promise<string[]> {
  const entries = await readdir(home.state, { recursive: true, withFileTypes: true });
  const found: string[] = [];
  for (const entry of entries.filter((each) => each.isFile())) {
    const path = join(entry.parentPath, entry.name);
    if ((await readFile(path)).includes(text)) found.push(path);
  }
  return found;
}

describe("a user's secrets", () => {
  it("reach their provider and nothing else, even when it repeats them", async () => {
    const home = await useHome();
    const provider = await startFakeProvider();
    home.onStop(() => provider.close());
    const literal = home.canary("literal", "sk-");
    const header = home.canary("header");
    const referenced = home.canary("referenced", "sk-");
    const fromFile = home.canary("file-variable");
    const master = home.canary("master", "sk-");
    // A provider that repeats the key in its answer, as OpenAI does in part.
    provider.behave((request) => ({
      status: 401,
      body: JSON.stringify({
        error: { message: `Incorrect key: ${request.header("authorization")}` },
      }),
    }));
    const config = `model_list:
  - model_name: literal
    litellm_params:
      model: openai/literal
      api_base: ${provider.url}/v1
      api_key: ${literal}
      extra_headers: {X-Api-Key: "${header}"}
  - model_name: referenced
    litellm_params: {model: openai/referenced, api_base: ${provider.url}/v1, api_key: os.environ/PROVIDER_KEY}
  - model_name: from-file
    litellm_params: {model: openai/from-file, api_base: ${provider.url}/v1, api_key: os.environ/FILE_KEY}
general_settings:
  master_key: ${master}
environment_variables:
  FILE_KEY: ${fromFile}
litellm_settings: {set_verbose: true}
`;
    const served = await serveProxy(home, config, {
      env: { PROVIDER_KEY: referenced, KUBIYA_API_KEY: home.canary("kubiya") },
      args: ["--verbose"],
    });
    const seen: string[] = [];
    for (const model of ["literal", "referenced", "from-file"]) {
      expect((await chat(served, model)).status).toBe(401);
      seen.push(provider.requests.at(-1)?.header("authorization") ?? "");
      if (model === "literal") expect(provider.requests.at(-1)?.header("x-api-key")).toBe(header);
    }
    expect(seen).toEqual([literal, referenced, fromFile].map((key) => `Bearer ${key}`));
    // The user's master key is good for all of LiteLLM's paths; the worker's is not.
    expect((await ask({ ...served, key: master }, "/model/info")).status).toBe(200);
    expect((await ask(served, "/model/info")).status).toBe(404);

    await served.cli.stop();
    const log = await readFile(join(home.state, "workers/default/litellm_proxy.log"), "utf8");
    // LiteLLM hides the keys that it sends; what it lets through is sidelite's to hide.
    expect(log).toMatch(/Incorrect key: (?:REDACTED|Bearer \*\*\*)/);
    // Its own key is nowhere either.
    expect(await filesWith(home, served.key)).toEqual([]);
    expect(await filesWith(home, "os.environ/SIDELITE_V1")).not.toEqual([]);
  });

  it("are not in the worker's log, although the worker prints them on the terminal", async () => {
    const home = await useHome();
    const kubiya = home.canary("kubiya");
    await home.write(
      "litellm_config.yaml",
      "model_list: [{model_name: m, litellm_params: {model: openai/m, api_key: os.environ/KEY, mock_response: pong}}]\n",
    );
    await home.write("worker.mjs", "console.log(process.env); setInterval(() => {}, 1000);\n");
    const worker = startCli(
      home,
      [
        ...["worker", "start", "--queue-id=q", "--proxy-config-file=./litellm_config.yaml"],
        // The worker needs no LiteLLM to print.
        ...["--no-wait", "--", process.execPath, "worker.mjs"],
      ],
      {
        env: { KEY: home.canary("provider", "sk-"), KUBIYA_API_KEY: kubiya },
        mayPrintSecrets: true, // the worker itself does, and its bytes are not ours to change
      },
    );
    const log = join(home.state, "workers/q/logs/worker.log");
    const text = await until(
      async () => {
        const written = await readFile(log, "utf8");
        return written.includes("QUEUE_ID: 'q'") && written;
      },
      { what: "the worker's environment in its log", deadlineMs: 60_000 },
    );
    expect(text).toContain("KUBIYA_API_KEY: '***'");
    expect(text).toContain("LITELLM_API_KEY: '***'");
    expect(text).not.toMatch(/sk-[\w-]{8}/);
    expect(worker.stdout()).toContain(`KUBIYA_API_KEY: '${kubiya}'`);
    await worker.stop();
  });

  it.each([
    ["a broken line", (key: string) => `model_list:\n  - model_name: m\n    api_key: "${key}\n`],
    ["a wrong type", (key: string) => modelWith(`{model: openai/m, api_key: [${key}]}`)],
    [
      "an address",
      (key: string) => modelWith(`{model: openai/m, api_base: "http://u:${key}@h/v1"}`),
    ],
    [
      "an unset neighbour",
      (key: string) =>
        modelWith(`{model: openai/m, api_key: ${key}, organization: os.environ/UNSET}`),
    ],
    [
      "a mistyped reference",
      (key: string) => modelWith(`{model: openai/m, api_key: "${key} $\{NAME}"}`),
    ],
    [
      "a duplicate key",
      (key: string) => modelWith(`{model: openai/m, api_key: ${key}, api_key: ${key}}`),
    ],
    [
      "a weak master key",
      (key: string) =>
        `general_settings: {master_key: "${key} "}\n${modelWith("{model: openai/m}")}`,
    ],
  ])("are not in the error for %s", async (_what, configOf) => {
    const home = await useHome();
    const config = configOf(home.canary("key", "x-"));
    await home.write("litellm_config.yaml", config);
    const file = "--proxy-config-file=./litellm_config.yaml";
    const started = await runCli(home, ["run", "--verbose", file, "--", "true"]);
    expect(started.code, started.stderr).toBe(2);
    expect(started.stderr).toContain("sidelite: error: ");
    expect(started.stderr).not.toContain("a bug in sidelite");
    const validated = await runCli(home, ["validate", "--json", "./litellm_config.yaml"]);
    expect(validated.code).toBe(2);
  });

  it("are not in the error for inline JSON", async () => {
    const home = await useHome();
    const inline = `{"model_list": [{"model_name": "m", "litellm_params": {"api_key": "${home.canary("key")}",}}]}`;
    const { code, stderr } = await runCli(home, ["run", "--", "true"], {
      env: { KUBIYA_PROXY_CONFIG_JSON: inline },
    });
    expect(code, stderr).toBe(2);
    expect(stderr).toContain("KUBIYA_PROXY_CONFIG_JSON");
  });
});

function modelWith(parameters: string): string {
  return `model_list:\n  - model_name: m\n    litellm_params: ${parameters}\n`;
}
