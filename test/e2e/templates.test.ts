// Every template of `init` on the real LiteLLM: written, served, its models listed, and each reaches its provider. One
// instance serves most of them, one reload after another; what needs an environment of its own has its own.
import { readFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";

import { runCli } from "../fixtures/cli.ts";
import { parseObject } from "../fixtures/json-object.ts";
import {
  deploymentsOf,
  shareProviders,
  upstreamModel,
  withoutProvider,
} from "../fixtures/providers.ts";
import { testRuntime } from "../fixtures/runtime.ts";
import { until } from "../fixtures/poll.ts";
import { shareHome } from "../fixtures/share-home.ts";
import type { ServeNext } from "./serve-in-turn.ts";
import { serveInTurn } from "./serve-in-turn.ts";
import type { Served } from "./serve.ts";
import { ask, chat, listModels } from "./serve.ts";

// A boot, 3 to 5 s on an idle machine, and what is asked of it.
vi.setConfig({ testTimeout: 120_000 });

const folder = new URL("../../templates/init/", import.meta.url);
const NAMES = (await readdir(folder)).map((name) => name.replace(/\.yaml$/, "")).toSorted();

/** Provider -> what must follow its server's address. */
const ADDRESSES: Readonly<Record<string, string>> = { anthropic: "", groq: "/v1", openai: "/v1" };
/** AWS keys in the environment would win over their roles. */
const ROLES = ["bedrock-role", "bedrock-assumed-role"];
/** No model needs LiteLLM, so none is started. */
const DIRECT = ["passthrough"];
/** Google's own libraries would look for credentials first. */
const NOT_ASKED = "vertex_ai/";

describe("the templates", () => {
  const home = shareHome();
  const providers = shareProviders(home);

  /** Only hosts, ports and missing addresses of providers change. */
  function redirect(text: string): string {
    const { provider, redis } = providers();
    return text
      .replaceAll(/http:\/\/localhost:(?:11434|8000)|https:\/\/cloud\.langfuse\.com/g, provider.url)
      .replace("port: 6379", `port: ${redis.port}`)
      .replaceAll(/^( *)model: (\w+)\/.*$/gm, (line, indent: string, name: string) => {
        const path = ADDRESSES[name];
        return path === undefined ? line : `${line}\n${indent}api_base: ${provider.url}${path}`;
      });
  }

  /** Every variable that they refer to. */
  function envOf(text: string): Record<string, string> {
    const { provider, env } = providers();
    const names = text.matchAll(/^[^#\n]*os\.environ\/(\w+)/gm);
    const made = [...names].map(([, name = ""]): [string, string] => {
      if (name.endsWith("_BASE")) return [name, provider.url];
      if (name.endsWith("_BASE_URL")) return [name, `${provider.url}/v1`];
      return [name, name === "AWS_REGION_NAME" ? "eu-west-1" : `made-up-${name.toLowerCase()}`];
    });
    return { ...env, ...Object.fromEntries(made) };
  }

  /** Writes the template by `init` and makes it lead to our stand-ins. */
  async function write(name: string): Promise<string> {
    const written = await runCli(home(), ["init", name]);
    expect(written).toMatchObject({ code: 0, stdout: `./litellm_${name}.yaml\n` });
    const file = join(home().cwd, `litellm_${name}.yaml`);
    const text = redirect(await readFile(file, "utf8"));
    await home().write(file, text);
    return text;
  }

  async function expectServed(name: string, serve: ServeNext): Promise<void> {
    const { provider, aws, redis } = providers();
    const text = await write(name);
    const before = provider.requests.length;
    const served = await serve(`litellm_${name}.yaml`);
    expect(served.cli.stderr()).not.toMatch(/error|warning/);
    const listed = await listModels(served);
    const names = deploymentsOf(text).map(({ model_name: model }) => model);
    expect(listed).toEqual(expect.arrayContaining(names.filter((each) => !each.includes("*"))));
    const expected = await askAll(served, text);
    const asked = provider.requests.slice(before).map(upstreamModel);
    expect(asked.filter((model) => model !== null)).toEqual(expected);
    // LiteLLM writes to its cache after the answer.
    if (name === "redis-cache") await until(() => redis.commands.has("SET"), { what: "SET" });
    if (name === "bedrock-role") expect(aws.requests).toContain("GET /credentials");
    if (name === "bedrock-assumed-role")
      expect(aws.requests).toContain("STS AssumeRole made-up-bedrock_role_arn");
  }

  const own = [...ROLES, ...DIRECT];
  describe.each([
    { title: "with keys", names: NAMES.filter((name) => !own.includes(name)) },
    { title: "with AWS roles", names: ROLES },
    { title: "without LiteLLM", names: DIRECT },
  ])("$title", ({ names }) => {
    const texts = names.map((name) => readFileSync(new URL(`${name}.yaml`, folder), "utf8"));
    const serve = serveInTurn(home, () => envOf(texts.join("\n")));
    it.each(names)("%s", async (name) => {
      await expectServed(name, serve);
      expect(providers().outside()).toEqual([]);
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

/** LiteLLM's own table of costs, as installed. */
async function knownModels(): Promise<ReadonlySet<string>> {
  const { dir } = await testRuntime();
  const lib = join(dir, "lib");
  const [python = ""] = (await readdir(lib)).filter((name) => name.startsWith("python3"));
  const table = "site-packages/litellm/model_prices_and_context_window_backup.json";
  return new Set(Object.keys(parseObject(await readFile(join(lib, python, table), "utf8"))));
}
