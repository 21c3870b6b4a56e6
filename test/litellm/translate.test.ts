// Spellings of the Kubiya page that LiteLLM does not take are translated, each with a notice.
import { describe, expect, it } from "vitest";
import { MODEL, prepare, problemsOf, renderedOf } from "./prepared.ts";

const withSettings = (settings: string) => `${MODEL}litellm_settings: {${settings}}\n`;
const settingsOf = (text: string) => renderedOf(prepare(text))["litellm_settings"];

describe("translations", () => {
  it.each([
    ["latency-based", "latency-based-routing"],
    ["usage-based", "usage-based-routing"],
  ])("routing strategy %s", (written, name) => {
    const text = `${MODEL}router_settings: {routing_strategy: ${written}}\n`;
    expect(renderedOf(prepare(text))["router_settings"]).toEqual({ routing_strategy: name });
    expect(problemsOf(text)).toEqual([
      `notice :3:19 router_settings.routing_strategy: ${written} is passed on as ${name}, LiteLLM's name for it (write ${name})`,
    ]);
  });

  it("leaves a strategy that LiteLLM knows", () => {
    for (const name of ["least-busy", "simple-shuffle", "usage-based-routing-v2"]) {
      expect(problemsOf(`${MODEL}router_settings: {routing_strategy: ${name}}\n`)).toEqual([]);
    }
  });

  it("litellm_settings.timeout is request_timeout, unless that is there", () => {
    expect(settingsOf(withSettings("timeout: 600"))).toEqual({ request_timeout: 600 });
    const both = withSettings("timeout: 600, request_timeout: 5");
    expect(settingsOf(both)).toEqual({ request_timeout: 5 });
    expect(problemsOf(withSettings("timeout: 600"))[0]).toMatch(
      /^notice :3:20 litellm_settings\.timeout: is passed on/,
    );
    expect(problemsOf(both)[0]).toMatch(/^notice .*is left out/);
  });

  it("rpm and tpm go to the gateway", () => {
    const text = withSettings("rpm: 60, tpm: 1000, drop_params: true");
    const prepared = prepare(text);
    expect(prepared.limits).toEqual({ rpm: 60, tpm: 1000 });
    expect(settingsOf(text)).toEqual({ drop_params: true });
    expect(problemsOf(text)).toEqual([
      expect.stringMatching(/^notice :3:20 litellm_settings\.rpm: is counted by .*60 requests/),
      expect.stringMatching(/^notice :3:29 litellm_settings\.tpm: is counted by .*1000 tokens/),
    ]);
    expect(prepare(MODEL).limits).toEqual({ rpm: null, tpm: null });
    expect(prepare(withSettings("rpm: null")).limits.rpm).toBe(null);
  });

  it.each(["0", "-1", "1.5", "'60'", "[1]", "true"])("rpm: %s is refused", (written) => {
    expect(problemsOf(withSettings(`rpm: ${written}`))[0]).toMatch(
      /^error :3:20 litellm_settings\.rpm: must be a whole number/,
    );
  });

  it("metadata becomes the router's, whose own wins", () => {
    const text = `${withSettings("metadata: {team: x, tier: a}")}router_settings: {default_litellm_params: {metadata: {tier: b}, timeout: 5}}\n`;
    const rendered = renderedOf(prepare(text));
    expect(rendered["litellm_settings"]).toEqual({});
    expect(rendered["router_settings"]).toEqual({
      default_litellm_params: { metadata: { team: "x", tier: "b" }, timeout: 5 },
    });
    expect(problemsOf(text)).toEqual([
      expect.stringMatching(/^notice :3:20 litellm_settings\.metadata: is passed on as/),
    ]);
    expect(problemsOf(withSettings("metadata: [x]"))[0]).toMatch(/^notice .*has no effect/);
  });

  it("a JSON file is said to become YAML", () => {
    const deployment = { model_name: "m", litellm_params: { model: "openai/x" } };
    const text = JSON.stringify({ model_list: [deployment] });
    expect(problemsOf(text, { source: "/project/c.json" })[0]).toMatch(
      /^notice .*c\.json is JSON: LiteLLM gets it as YAML/,
    );
  });

  it.each([
    ["gpt-4-turbo-preview", "openai/gpt-4-turbo-preview", 1],
    ["claude-3-opus-20240229", "anthropic/claude-3-opus-20240229", 1],
    ["gpt-4o", "gpt-4o", 0],
    ["gpt-3.5-turbo-instruct", "gpt-3.5-turbo-instruct", 0],
    ["ft:gpt-4o-mini:org::id", "ft:gpt-4o-mini:org::id", 0],
    ["azure/gpt-4-turbo-preview", "azure/gpt-4-turbo-preview", 0],
  ])("the model %s is passed on as %s", (written, name, notices) => {
    const text = `model_list:\n  - {model_name: m, litellm_params: {model: "${written}"}}\n`;
    expect(renderedOf(prepare(text))["model_list"]).toEqual([
      { model_name: "m", litellm_params: { model: name } },
    ]);
    expect(problemsOf(text)).toHaveLength(notices);
  });
});
