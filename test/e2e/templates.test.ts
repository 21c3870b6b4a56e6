// Every template of `init` on the real LiteLLM: written, served, its models listed, and each reaches its provider. One
// instance serves most of them, one reload after another; what needs an environment of its own is booted.
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { parseYaml } from "../../src/core/yaml.ts";
import type { CliProcess } from "../fixtures/cli.ts";
import { runCli, startCli } from "../fixtures/cli.ts";
import type { FakeAws } from "../fixtures/fake-aws.ts";
import { startFakeAws } from "../fixtures/fake-aws.ts";
import type { FakeProvider, RecordedRequest } from "../fixtures/fake-provider.ts";
import { startFakeProvider } from "../fixtures/fake-provider.ts";
import type { FakeRedis } from "../fixtures/fake-redis.ts";
import { startFakeRedis } from "../fixtures/fake-redis.ts";
import { parseObject } from "../fixtures/json-object.ts";
import { testRuntime } from "../fixtures/runtime.ts";
import { shareHome } from "../fixtures/share-home.ts";
import type { Served } from "./serve.ts";
import { ask, awaitServed, chat, listModels } from "./serve.ts";

const folder = new URL("../../templates/init/", import.meta.url);
const NAMES = (await readdir(folder)).map((name) => name.replace(/\.yaml$/, "")).toSorted();

interface Deployment {
  readonly model_name: string;
  readonly litellm_params: { readonly model: string };
}

/** Provider -> what must follow its server's address. */
const ADDRESSES: Readonly<Record<string, string>> = { anthropic: "", groq: "/v1", openai: "/v1" };
/** These depend on which of AWS's variables are set, or start no LiteLLM. */
const BOOTED: ReadonlySet<string> = new Set([
  "bedrock-role",
  "bedrock-assumed-role",
  "passthrough",
]);
/** Google's own libraries would look for credentials first. */
const NOT_ASKED = "vertex_ai/";

function deploymentsOf(text: string): readonly Deployment[] {
  const { model_list: list } = parseYaml(text, "template").value as { model_list?: Deployment[] };
  return list ?? [];
}

describe("the templates", () => {
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
    provider.behave((request) => (isGroq(request) ? { body: groqAnswer(request) } : {}));
  });

  /** Only hosts, ports and missing addresses of providers change. */
  function redirect(text: string): string {
    return text
      .replaceAll(/http:\/\/localhost:(?:11434|8000)|https:\/\/cloud\.langfuse\.com/g, provider.url)
      .replace("port: 6379", `port: ${redis.port}`)
      .replaceAll(/^( *)model: (\w+)\/.*$/gm, (line, indent: string, name: string) => {
        const path = ADDRESSES[name];
        return path === undefined ? line : `${line}\n${indent}api_base: ${provider.url}${path}`;
      });
  }

  /** Every variable that it refers to. */
  function envOf(text: string): Record<string, string> {
    const names = text.matchAll(/^[^#\n]*os\.environ\/(\w+)/gm);
    const made = [...names].map(([, name = ""]): [string, string] => {
      if (name.endsWith("_BASE")) return [name, provider.url];
      if (name.endsWith("_BASE_URL")) return [name, `${provider.url}/v1`];
      return [name, name === "AWS_REGION_NAME" ? "eu-west-1" : `made-up-${name.toLowerCase()}`];
    });
    const proxies = { HTTP_PROXY: world.url, HTTPS_PROXY: world.url };
    const bedrock = { AWS_BEDROCK_RUNTIME_ENDPOINT: provider.url };
    return { ...aws.env, ...bedrock, ...proxies, ...Object.fromEntries(made) };
  }

  /** Writes the template by `init`, made to lead to our stand-ins, where `file` says. */
  async function write(name: string, file: string): Promise<string> {
    const written = await runCli(home(), ["init", name]);
    expect(written).toMatchObject({ code: 0, stdout: `./litellm_${name}.yaml\n` });
    const text = redirect(await readFile(join(home().cwd, `litellm_${name}.yaml`), "utf8"));
    await writeFile(join(home().cwd, file), text, { mode: 0o600 });
    return text;
  }

  function serve(file: string, env: Record<string, string>): CliProcess {
    return startCli(home(), ["proxy", "start", "--proxy-config-file", `./${file}`], { env });
  }

  async function expectServed(served: Served, text: string, before: number): Promise<void> {
    expect(served.cli.stderr()).not.toMatch(/error|warning/);
    const listed = await listModels(served);
    const names = deploymentsOf(text).map(({ model_name: model }) => model);
    expect(listed).toEqual(expect.arrayContaining(names.filter((each) => !each.includes("*"))));
    const expected = await askAll(served, text);
    const asked = provider.requests.slice(before).map(upstreamModel);
    expect(asked.filter((model) => model !== null)).toEqual(expected);
  }

  it.each(NAMES.filter((name) => BOOTED.has(name)))("%s", async (name) => {
    const file = `litellm_${name}.yaml`;
    const text = await write(name, file);
    const before = provider.requests.length;
    const cli = serve(file, envOf(text));
    try {
      await expectServed(await awaitServed(cli), text, before);
    } finally {
      await cli.stop();
    }
    expect(world.requests.map(({ method, url }) => `${method} ${url}`)).toEqual([]);
    if (name === "bedrock-role") expect(aws.requests).toContain("GET /credentials");
    if (name === "bedrock-assumed-role")
      expect(aws.requests).toContain("STS AssumeRole made-up-bedrock_role_arn");
  });

  describe("reloaded into one instance", () => {
    const names = NAMES.filter((name) => !BOOTED.has(name));
    const file = "current.yaml";
    let served: Served;

    beforeAll(async () => {
      const texts = await Promise.all(
        names.map((name) => readFile(new URL(`${name}.yaml`, folder), "utf8")),
      );
      await write(names[0] ?? "", file);
      served = await awaitServed(serve(file, envOf(texts.join("\n"))));
    });
    afterAll(() => served.cli.stop());

    it.each(names)("%s", async (name) => {
      await rm(join(home().cwd, `litellm_${name}.yaml`), { force: true });
      const text = await write(name, file);
      const before = provider.requests.length;
      const reloaded = await runCli(home(), ["proxy", "reload"]);
      expect(reloaded.code, reloaded.stderr).toBe(0);
      await expectServed(served, text, before);
      expect(world.requests.map(({ method, url }) => `${method} ${url}`)).toEqual([]);
      if (name === "redis-cache") expect(redis.commands).toContain("SET");
    });
  });

  it("name only models that LiteLLM knows", async () => {
    const known = await knownModels();
    const texts = await Promise.all(
      NAMES.map((name) => readFile(new URL(`${name}.yaml`, folder), "utf8")),
    );
    // What stands after these is named by the user's own server.
    const models = texts
      .flatMap((text) => deploymentsOf(text).map(({ litellm_params: { model } }) => model))
      .filter((model) => !/^(?:azure|ollama_chat|hosted_vllm)\/|\*/.test(model));
    const unknown = models.filter(
      (model) => !known.has(model) && !known.has(withoutProvider(model)),
    );
    expect(models.length).toBeGreaterThan(10);
    expect(unknown).toEqual([]);
  });
});

/** Sends one request to each model; returns the ids that the provider should have seen. */
async function askAll(served: Served, text: string): Promise<string[]> {
  const expected: string[] = [];
  const deployments = deploymentsOf(text).filter(
    ({ litellm_params: { model } }) => !model.startsWith(NOT_ASKED),
  );
  for (const { model_name: name, litellm_params: parameters } of deployments) {
    const model = name.replace("*", "any");
    const answer = name.includes("embedding")
      ? await ask(served, "/v1/embeddings", { model, input: "ping" })
      : await chat(served, model);
    expect(answer.status, answer.text).toBe(200);
    expected.push(withoutProvider(parameters.model).replace("*", "any"));
  }
  if (deployments.length > 0 || !text.includes("sidelite:")) return expected;
  for (const model of ["customer-alias", "customer/any"]) {
    const answer = await chat(served, model);
    expect(answer.status, answer.text).toBe(200);
  }
  return ["customer-alias", "any"];
}

/** Whom a provider was asked for; null: no inference. */
function upstreamModel(request: RecordedRequest): string | null {
  const bedrock = /^\/model\/([^/]+)\//.exec(request.path)?.[1];
  if (bedrock !== undefined) return decodeURIComponent(bedrock);
  const azure = /\/openai\/deployments\/([^/]+)\//.exec(request.path)?.[1];
  if (azure !== undefined) return azure;
  const { model } = request.json();
  return /chat|messages|embeddings/.test(request.path) && typeof model === "string" ? model : null;
}

function withoutProvider(model: string): string {
  return model.slice(model.indexOf("/") + 1);
}

function isGroq(request: RecordedRequest): boolean {
  return upstreamModel(request)?.startsWith("openai/gpt-oss") === true;
}

/** Groq's answers always name a tier, and LiteLLM counts on it. */
function groqAnswer(request: RecordedRequest): string {
  return JSON.stringify({
    id: "chatcmpl-groq",
    object: "chat.completion",
    created: 1_700_000_000,
    model: upstreamModel(request),
    service_tier: "on_demand",
    choices: [{ index: 0, message: { role: "assistant", content: "pong" }, finish_reason: "stop" }],
    usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
  });
}

/** LiteLLM's own table of costs, as installed. */
async function knownModels(): Promise<ReadonlySet<string>> {
  const { dir } = await testRuntime();
  const lib = join(dir, "lib");
  const [python = ""] = (await readdir(lib)).filter((name) => name.startsWith("python3"));
  const table = "site-packages/litellm/model_prices_and_context_window_backup.json";
  return new Set(Object.keys(parseObject(await readFile(join(lib, python, table), "utf8"))));
}
