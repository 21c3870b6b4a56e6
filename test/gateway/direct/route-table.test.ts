import { describe, expect, it } from "vitest";
import { explainRoute } from "../../../src/gateway/direct/explain-route.ts";
import { buildLitellmEntries } from "../../../src/gateway/direct/litellm-entries.ts";
import { RouteTable } from "../../../src/gateway/direct/route-table.ts";
import { parseScopedRoute } from "../../../src/gateway/direct/scoped-route.ts";
import type { Section } from "./parse.ts";
import { parse } from "./parse.ts";

const PROVIDERS = {
  customer: {
    base_url: "https://customer-litellm.example/v1",
    api_key: "a",
    allowed_models: ["customer-*"],
  },
  child: {
    base_url: "https://child-litellm.example/v1",
    api_key: "b",
    disabled_models: ["old"],
    models: ["by-hand"],
  },
  off: { enabled: false },
};
const AGENTS = {
  root: { model_name: "customer-alias", provider: "customer", passthrough: true },
  analyst: { parent: "root", model_name: "child-alias", provider: "child", passthrough: true },
  critic: { parent: "root", model_name: "child-alias", provider: "child" },
  managed: { model_name: "managed-alias", provider: "child", passthrough: false },
  sleeper: { model_name: "sleepy", provider: "off", passthrough: true },
  wide: { model_name: "gpt-4o", provider: "child", passthrough: true },
};

function table(
  section: Section = {},
  discovered: Record<string, string[]> = {},
  modelNames = ["gpt-4o", "claude"],
) {
  const { config } = parse({ providers: PROVIDERS, agents: AGENTS, ...section });
  return new RouteTable({
    config,
    modelNames: new Set(modelNames),
    discovered: new Map(Object.entries(discovered)),
  });
}

/** `provider:model sent` or `litellm:model sent` or the refusal's code. */
function way(model: string, routes = table({}, DISCOVERED)): string {
  const decision = routes.lookup(model);
  if (decision.to === "refused") return decision.code;
  return `${decision.to === "litellm" ? "litellm" : decision.provider.name}:${decision.model}`;
}

const DISCOVERED = {
  customer: ["customer-1", "hidden"],
  child: ["claude", "customer-1", "llama", "old"],
};

describe("T1 T2 T3 T4 which route", () => {
  it.each([
    // T1, T3: a root agent by its model string, exactly.
    ["customer-alias", "customer:customer-alias"],
    ["Customer-Alias", "litellm:Customer-Alias"],
    ["customer-alias ", "litellm:customer-alias "],
    // T4: a subagent by its scoped route alone, in both forms, is sent as the plain name.
    ["child-alias::agent::analyst", "child:child-alias"],
    ["child-alias::tracecat-subagent::analyst", "child:child-alias"],
    ["child-alias", "litellm:child-alias"],
    ["child-alias::agent::ANALYST", "litellm:child-alias"],
    // T2: passthrough unset goes to LiteLLM, also below a passthrough root.
    ["child-alias::agent::critic", "litellm:child-alias"],
    ["managed-alias", "litellm:managed-alias"],
    ["customer-alias::tracecat-subagent::writer", "litellm:customer-alias"],
    // Agents before model_list before provider/model before discovered names before the rest.
    ["gpt-4o", "child:gpt-4o"],
    ["claude", "litellm:claude"],
    ["child/claude", "child:claude"],
    ["child/any/model", "child:any/model"],
    ["llama", "child:llama"],
    ["customer-1", "customer:customer-1"],
    ["child/customer-1", "child:customer-1"],
    ["by-hand", "child:by-hand"],
    ["unknown", "litellm:unknown"],
    ["openai/gpt-5", "litellm:openai/gpt-5"],
    ["off/x", "litellm:off/x"],
    ["child/", "litellm:child/"],
    ["/x", "litellm:/x"],
    ["", "litellm:"],
    ["__proto__", "litellm:__proto__"],
    // L3, T14: refused without a hit.
    ["customer/other", "model_not_allowed"],
    ["child/old", "model_disabled"],
    ["old", "model_disabled"],
    ["hidden", "litellm:hidden"],
    ["sleepy", "provider_disabled"],
  ])("%j goes to %s", (model, expected) => {
    expect(way(model)).toBe(expected);
  });

  it("names in model_list keep their scoped-looking names", () => {
    expect(way("a::agent::b", table({}, {}, ["a::agent::b"]))).toBe("litellm:a::agent::b");
  });

  it.each([
    ["a::agent::b", { model: "a", agent: "b" }],
    ["x/a::tracecat-subagent::b", { model: "x/a", agent: "b" }],
    ["a::agent::", null],
    ["::agent::b", null],
    ["a::other::b", null],
  ])("%s is scoped as %j", (model, expected) => {
    expect(parseScopedRoute(model)).toEqual(expected);
  });

  it("lists direct models, the shadowed ones with their prefix, no disabled or forbidden one", () => {
    expect(table({}, DISCOVERED).models).toEqual([
      "customer-alias",
      "customer-1",
      "by-hand",
      "child/claude",
      "child/customer-1",
      "llama",
    ]);
  });

  it("tells of names that are taken twice", () => {
    expect(table({}, DISCOVERED).notices.map(({ message }) => message)).toEqual([
      "the agent wide takes the model gpt-4o away from model_list",
      "claude of the provider child stays with model_list",
      "customer-1 of the provider child stays with the provider customer",
    ]);
  });

  it.each([
    [
      "customer-alias",
      {
        to: "provider",
        provider: "customer",
        url: "https://customer-litellm.example/v1/chat/completions",
      },
      "agent root",
    ],
    ["child-alias::agent::analyst", { sentModel: "child-alias" }, "agent analyst"],
    ["child/x", { provider: "child", sentModel: "x" }, "child is a provider"],
    ["llama", { provider: "child" }, "lists it"],
    ["claude", { to: "litellm", provider: null, url: null }, "model_list"],
    ["child-alias::agent::critic", { to: "litellm", sentModel: "child-alias" }, "critic"],
    ["nobody", { to: "litellm" }, "nothing else"],
    ["customer/x", { to: "refused", sentModel: null }, "403"],
  ])("route explain %s", (model, expected, why) => {
    const explanation = explainRoute(table({}, DISCOVERED), model);
    expect(explanation).toMatchObject({ model, ...expected });
    expect(explanation.why).toContain(why);
  });

  it("holds 10,000 agents and providers, and finds each", () => {
    const numbers = Array.from({ length: 10_000 }, (_, index) => index);
    const providers = Object.fromEntries(
      numbers.map((n) => [`p${n}`, { base_url: `https://h${n}`, api_key: "k" }]),
    );
    const agents = Object.fromEntries(
      numbers.map((n) => [`a${n}`, { model_name: `m${n}`, provider: `p${n}`, passthrough: true }]),
    );
    const routes = table({ providers, agents });
    expect(numbers.every((n) => way(`m${n}`, routes) === `p${n}:m${n}`)).toBe(true);
  });
});

describe("T2 entries for LiteLLM", () => {
  it("makes one for an agent with a provider and without passthrough, keys as references", () => {
    const { config } = parse(
      {
        providers: {
          child: { base_url: "https://c.example/p", api_key: "os.environ/KEY" },
          off: { enabled: false },
        },
        agents: {
          managed: AGENTS.managed,
          critic: { model_name: "x", provider: "child" },
          sleeper: AGENTS.sleeper,
        },
      },
      { KEY: "sk-secret" },
    );
    expect(buildLitellmEntries(config.agents, new Set(["x"]))).toEqual([
      {
        model_name: "managed-alias",
        litellm_params: {
          model: "openai/managed-alias",
          api_base: "https://c.example/p/v1",
          api_key: "os.environ/KEY",
        },
      },
    ]);
  });
});
