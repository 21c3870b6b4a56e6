// Fallbacks and aliases: their shape, and that every target is served.
import { describe, expect, it } from "vitest";
import { MODEL, problemsOf } from "./prepared.ts";

/** The first problem without its remedy. */
const first = (text: string) => problemsOf(text)[0]?.replace(/ \([^(]*\)$/, "");

describe("fallbacks and aliases", () => {
  const lists = `${MODEL}${MODEL.replace("model_list:\n", "").replace("name: m", "name: n")}`;
  it.each([
    ["a text for a list", "fallbacks: [{m: n}]", "fallbacks[0].m: must be a list, not text"],
    ["a mapping for a list", "fallbacks: {m: [n]}", "fallbacks: must be a list, not a mapping"],
    ["two keys", "fallbacks: [{m: [n], n: [m]}]", "fallbacks[0]: must have exactly one key, not 2"],
    [
      "a target that is not there",
      "fallbacks: [{m: [nn]}]",
      "fallbacks[0].m[0]: names nn, which is no model of this configuration",
    ],
    [
      "itself",
      "context_window_fallbacks: [{m: [m]}]",
      "context_window_fallbacks[0].m[0]: falls back to itself",
    ],
    [
      "a default that is not there",
      "default_fallbacks: [x]",
      "default_fallbacks[0]: names x, which is no model of this configuration",
    ],
    [
      "an alias of nothing",
      "model_group_alias: {a: x}",
      "model_group_alias.a: names x, which is no model of this configuration",
    ],
    [
      "a circle of aliases",
      "model_group_alias: {a: b, b: a}",
      "model_group_alias.a: stands for itself in the end",
    ],
  ])("%s", (_, setting, expected) => {
    expect(first(`${lists}router_settings: {${setting}}\n`)).toMatch(
      new RegExp(`^error :4:\\d+ router_settings\\.${expected.replaceAll(/[[\].]/g, "\\$&")}`),
    );
  });

  it("accepts aliases, wildcards, ids and mappings as targets, and says of a circle", () => {
    const text = `model_list:
  - {model_name: m, litellm_params: {model: openai/x}, model_info: {id: one}}
  - {model_name: "openai/*", litellm_params: {model: "openai/*"}}
router_settings:
  model_group_alias: {a: m, b: {model: openai/o3, hidden: true}}
  fallbacks: [{m: [a, openai/gpt-4o, one, {model: b}]}, {openai/o3: [m]}, {m: [openai/o3]}]
`;
    expect(problemsOf(text)).toHaveLength(1);
    expect(problemsOf(text)[0]).toMatch(
      /^notice :6:\d+ router_settings.fallbacks\[2\].m\[0\]: falls back to a model that falls back/,
    );
  });
});
