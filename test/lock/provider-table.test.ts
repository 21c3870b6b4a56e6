// Our tables of LiteLLM's own knowledge against the installed LiteLLM.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import { BARE_MODELS } from "../../src/litellm/bare-models.ts";
import { CALLBACKS } from "../../src/litellm/check-callbacks.ts";
import { importEnvironment } from "../../src/litellm/import-environment.ts";
import { GENERAL_SETTINGS } from "../../src/litellm/known-general-settings.ts";
import { LITELLM_PARAMS } from "../../src/litellm/known-model-keys.ts";
import { ROUTER_SETTINGS } from "../../src/litellm/known-settings.ts";
import { findProvider, PROVIDERS } from "../../src/litellm/providers.ts";
import { ROUTING_STRATEGIES } from "../../src/litellm/translate.ts";
import { buildWorkerConfig } from "../../src/litellm/worker-config.ts";
import { testRuntime } from "../fixtures/runtime.ts";

interface Known {
  readonly providers: string[];
  readonly bare: Record<string, string | null>;
  readonly unknown: Record<string, string | null>;
  readonly strategies: string[];
  readonly pointers: string[];
  readonly callbacks: string[];
  readonly router_settings: string[];
  readonly general_settings: string[];
  readonly litellm_params: string[];
  readonly blocked: string[];
  readonly worker_config: string[];
}

let known: Known;

beforeAll(async () => {
  const { python } = await testRuntime("litellm");
  const script = fileURLToPath(new URL("litellm-data.py", import.meta.url));
  const { stdout } = await promisify(execFile)(python, ["-I", script], {
    env: importEnvironment(process.env, []),
    maxBuffer: 16 * 1024 * 1024,
  });
  known = JSON.parse(stdout);
});

const find = (model: string) =>
  findProvider({ model, apiBase: null, customProvider: null }, new Set());
const OPENAI = ["openai", "text-completion-openai"];

describe("the tables of LiteLLM's knowledge", () => {
  it("has exactly its providers", () => {
    expect([...PROVIDERS].toSorted()).toEqual(known.providers);
  });

  it("has exactly the names that need no provider, but for those that a rule covers", () => {
    const covered = /^ft:|^gpt-image/;
    const names = Object.entries(known.bare).filter(
      ([name, provider]) =>
        [...OPENAI, "anthropic"].includes(provider ?? "") && !covered.test(name),
    );
    expect([...BARE_MODELS].toSorted()).toEqual(names.map(([name]) => name).toSorted());
  });

  it("finds the provider of every name that LiteLLM knows without one", () => {
    const wrong = Object.entries(known.bare).filter(
      ([name, provider]) => provider !== null && !isSame(find(name), provider),
    );
    expect(wrong).toEqual([]);
  });

  it("knows what LiteLLM would leave out", () => {
    expect(known.unknown).toEqual({ "nosuch/x": null, "my-model": null, "gpt-99": null });
    expect(find("nosuch/x")).toBe(null);
    expect(find("my-model")).toBe(null);
    expect(BARE_MODELS.has("gpt-99")).toBe(false);
  });

  it("has its routing strategies", () => {
    expect([...ROUTING_STRATEGIES].toSorted()).toEqual(known.strategies.toSorted());
  });

  it.each([
    ["callbacks", CALLBACKS],
    ["router_settings", ROUTER_SETTINGS],
    ["general_settings", GENERAL_SETTINGS],
  ] as const)("has all of its %s", (section, ours) => {
    expect(known[section].filter((name) => !ours.has(name))).toEqual([]);
  });

  it("has its parameters, but for prices", () => {
    const missing = known.litellm_params.filter((name) => !LITELLM_PARAMS.has(name));
    expect(missing.filter((name) => !/cost|pricing/.test(name))).toEqual([]);
  });

  it("hands on exactly the arguments of its start", () => {
    expect(Object.keys(buildWorkerConfig("/x")).toSorted()).toEqual(known.worker_config);
  });
});

/** Both OpenAI endpoints, and both of Cohere, read the same variables. */
function isSame(ours: string | null, theirs: string): boolean {
  if (OPENAI.includes(theirs)) return ours === "openai";
  return ours === theirs || (theirs.startsWith("cohere") && ours?.startsWith("cohere") === true);
}
