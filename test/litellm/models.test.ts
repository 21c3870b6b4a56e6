// Which names a configuration serves, and what to offer for one that it does not.
import { describe, expect, it } from "vitest";
import { matchModel, nearModels } from "../../src/litellm/models.ts";
import { prepare } from "./prepared.ts";

const { names, models } = prepare(
  `model_list:
  - {model_name: gpt-4, litellm_params: {model: openai/gpt-4}}
  - {model_name: gpt-4, litellm_params: {model: azure/gpt-4}}
  - {model_name: os.environ/NAME, litellm_params: {model: openai/x}}
  - {model_name: "anthropic/*", litellm_params: {model: "anthropic/*"}}
  - {model_name: "a.c*", litellm_params: {model: openai/x}}
router_settings: {model_group_alias: {fast: gpt-4}}
litellm_settings: {model_alias_map: {old: gpt-4}}
`,
  { env: { NAME: "from-env" } },
);

describe("models", () => {
  it("lists exact names once, wildcards apart", () => {
    expect(models).toEqual({ exact: ["gpt-4", "from-env"], wildcard: ["anthropic/*", "a.c*"] });
    expect(names.aliases).toEqual(["fast", "old"]);
  });

  it.each([
    ["gpt-4", true],
    ["from-env", true],
    ["fast", true],
    ["old", true],
    ["anthropic/claude", true],
    ["a.cd", true],
    ["GPT-4", false],
    ["gpt-44", false],
    ["anthropic", false],
    ["abcd", false],
    ["", false],
  ])("%s: %s", (name, expected) => {
    expect(matchModel(name, names)).toBe(expected);
  });

  it("offers near names, or what there is", () => {
    expect(nearModels("GPT4", names)).toEqual(["gpt-4"]);
    const some = ["gpt-4", "from-env", "fast", "old", "anthropic/*"];
    expect(nearModels("something", names)).toEqual(some);
  });
});
