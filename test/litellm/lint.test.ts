// Named rules: each tells place, severity, name and what to do.
import { describe, expect, it } from "vitest";
import type { Options } from "./prepared.ts";
import { prepare } from "./prepared.ts";

function told(text: string, rule: string, options: Options = {}) {
  const { problems } = prepare(text, options);
  return problems.filter((found) => found.rule === rule);
}

const list = (...models: readonly string[]) =>
  `model_list:\n${models.map((model) => `  - ${model}\n`).join("")}`;

describe("missing-credential", () => {
  const openai = list("{model_name: m, litellm_params: {model: openai/x}}");

  it("says which variable is missing, and where", () => {
    expect(told(openai, "missing-credential")).toEqual([
      {
        severity: "warning",
        rule: "missing-credential",
        path: "model_list[0].litellm_params.api_key",
        place: expect.objectContaining({ line: 2 }),
        message: "has no key: neither api_key here nor OPENAI_API_KEY in the environment",
        remedy: "export OPENAI_API_KEY, or write api_key: os.environ/NAME",
      },
    ]);
  });

  it.each([
    ["the shell's variable", openai, { env: { OPENAI_API_KEY: "k" } }],
    ["the file's variable", `${openai}environment_variables: {OPENAI_API_KEY: k}\n`, {}],
    ["a key of its own", list("{model_name: m, litellm_params: {model: groq/x, api_key: k}}"), {}],
    [
      "a family of names",
      list("{model_name: m, litellm_params: {model: xai/x}}"),
      { env: { XAI_API_KEY: "k" } },
    ],
    ["a mock", list("{model_name: m, litellm_params: {model: openai/x, mock_response: hi}}"), {}],
    ["a cloud's ways to sign in", list("{model_name: m, litellm_params: {model: bedrock/x}}"), {}],
    [
      "a server without keys",
      list(
        "{model_name: m, litellm_params: {model: ollama/x, api_base: 'http://localhost:11434'}}",
      ),
      {},
    ],
  ])("is content with %s", (_, text, options: Options) => {
    expect(told(text, "missing-credential", options)).toEqual([]);
  });

  it.each([
    ["an empty variable", openai, "OPENAI_API_KEY"],
    [
      "another provider",
      list("{model_name: m, litellm_params: {model: mistral/x}}"),
      "MISTRAL_API_KEY",
    ],
    [
      "a bare name",
      list("{model_name: m, litellm_params: {model: claude-sonnet-4-5}}"),
      "ANTHROPIC_API_KEY",
    ],
  ])("is not with %s", (_, text, name) => {
    const env = { [name]: "" };
    expect(told(text, "missing-credential", { env })).toHaveLength(1);
  });
});

describe("balanced-model", () => {
  it("names each doubled name once", () => {
    const one = "{model_name: m, litellm_params: {model: openai/x}}";
    const other = "{model_name: n, litellm_params: {model: openai/x}}";
    expect(told(list(one, other, one, one), "balanced-model")).toMatchObject([
      { severity: "notice", path: "model_list[0].model_name", place: { line: 2 } },
    ]);
    expect(told(list(one, other), "balanced-model")).toEqual([]);
  });
});

describe("messages-url", () => {
  const compatible =
    "{model_name: m, litellm_params: {model: openai/x, api_base: 'http://h/v1', api_key: k}}";

  it("is told once, for the first compatible server", () => {
    const [found, ...others] = told(list(compatible, compatible), "messages-url");
    expect(found).toMatchObject({
      severity: "notice",
      path: "model_list[0].litellm_params.api_base",
    });
    expect(found?.remedy).toContain("use_chat_completions_url_for_anthropic_messages: true");
    expect(others).toEqual([]);
  });

  it.each([
    [
      "the switch",
      `${list(compatible)}litellm_settings: {use_chat_completions_url_for_anthropic_messages: true}\n`,
    ],
    ["OpenAI itself", list(compatible.replace("http://h/v1", "https://api.openai.com/v1"))],
    ["another provider", list(compatible.replace("openai/x", "groq/x"))],
  ])("is not told with %s", (_, text) => {
    expect(told(text, "messages-url")).toEqual([]);
  });
});

describe("no-effect", () => {
  const model = list("{model_name: m, litellm_params: {model: openai/x, mock_response: hi}}");
  const teams = (item: string) =>
    `${model}litellm_settings:\n  default_team_settings:\n    - ${item}\n`;

  it("says that teams need a database", () => {
    expect(told(teams("team_id: a"), "no-effect")).toMatchObject([
      {
        severity: "notice",
        path: "litellm_settings.default_team_settings",
        place: { line: 4 },
        remedy: expect.stringContaining("below litellm_settings itself"),
      },
    ]);
    expect(told(model, "no-effect")).toEqual([]);
  });
});
