// Did you mean: which names are close enough to be offered.
import { describe, expect, it } from "vitest";
import { nearest } from "../../src/core/suggest.ts";

describe("nearest", () => {
  const known = [
    "model_list",
    "litellm_settings",
    "router_settings",
    "api_base",
    "api_key",
    "rpm",
    "tpm",
  ];
  it.each([
    ["model_lst", ["model_list"]],
    ["modle_list", ["model_list"]],
    ["modelList", ["model_list"]],
    ["MODEL-LIST", ["model_list"]],
    ["apibase", ["api_base"]],
    ["rmp", ["rpm"]],
    ["trpm", ["rpm", "tpm"]],
    ["router", ["router_settings"]],
    ["something_else", []],
    ["x", []],
    ["", []],
  ])("%s -> %j", (name, expected) => {
    expect(nearest(name, known)).toEqual(expected);
  });

  it("offers three at most and bears long names", () => {
    expect(nearest("gpt", ["gpt-1", "gpt-2", "gpt-3", "gpt-4"])).toHaveLength(3);
    expect(nearest("x".repeat(100_000), known)).toEqual([]);
  });
});
