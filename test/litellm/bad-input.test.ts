// Bad configurations: what is said, where, and what to do about it.
import { describe, expect, it } from "vitest";
import { documentOf, exitOf, MODEL, prepare, problemsOf } from "./prepared.ts";

const deployment = (text: string) => `model_list:\n  - ${text}\n`;
const withModel = (parameters: string) =>
  deployment(`{model_name: m, litellm_params: {${parameters}}}`);

/** Place, path and message of the first problem. */
const first = (text: string, options = {}) =>
  problemsOf(text, options)[0]?.replace(/ \([^(]*\)$/, "");

describe("model_list", () => {
  it.each([
    ["absent", "litellm_settings: {}", "error :1:1 model_list: no model is configured"],
    ["empty", "model_list: []", "error :1:1 model_list: no model is configured"],
    ["not a list", "model_list: {a: b}", "error :1:1 model_list: must be a list, not a mapping"],
    [
      "entry that is text",
      "model_list: [gpt-4]",
      "error :1:14 model_list[0]: must be a mapping, not text",
    ],
    [
      "no model_name",
      deployment("litellm_params: {model: openai/x}"),
      "error :2:5 model_list[0].model_name: is missing",
    ],
    [
      "no litellm_params",
      deployment("model_name: m"),
      "error :2:5 model_list[0].litellm_params: is missing",
    ],
    [
      "no model",
      withModel("api_key: none"),
      "error :2:21 model_list[0].litellm_params.model: is missing",
    ],
    [
      "empty model",
      withModel("model: ''"),
      "error :2:38 model_list[0].litellm_params.model: is empty",
    ],
    [
      "a name that YAML takes for no",
      deployment("{model_name: no, litellm_params: {model: openai/x}}"),
      "error :2:6 model_list[0].model_name: must be text, not false (true, false, yes, no, on, off)",
    ],
    [
      "ollama without api_base",
      withModel("model: ollama/llama3"),
      "error :2:38 model_list[0].litellm_params.model: needs an api_base: without one LiteLLM starts `ollama serve` itself",
    ],
    [
      "ollama with base_url alone",
      withModel("model: ollama/llama3, base_url: 'http://x'"),
      "error :2:38 model_list[0].litellm_params.model: needs an api_base: without one LiteLLM starts `ollama serve` itself",
    ],
    [
      "api_base of another scheme",
      withModel("model: openai/x, api_base: 'ftp://x'"),
      "error :2:55 model_list[0].litellm_params.api_base: is no http or https address",
    ],
    [
      "api_base without scheme",
      withModel("model: openai/x, api_base: 'localhost:8000/v1'"),
      "error :2:55 model_list[0].litellm_params.api_base: is no http or https address",
    ],
    [
      "api_base with a space",
      withModel("model: openai/x, api_base: 'http://x /v1'"),
      "error :2:55 model_list[0].litellm_params.api_base: has white space in it",
    ],
    [
      "rpm as words",
      withModel("model: openai/x, rpm: many"),
      "error :2:55 model_list[0].litellm_params.rpm: must be a number, not text",
    ],
    [
      "rpm to the base 60",
      withModel("model: openai/x, rpm: [1]"),
      "error :2:55 model_list[0].litellm_params.rpm: must be a number, not a list",
    ],
    [
      "unknown provider",
      withModel("model: opena/x"),
      "warning :2:38 model_list[0].litellm_params.model: begins with opena/, which is no provider of LiteLLM: it leaves this model out",
    ],
    [
      "no provider",
      withModel("model: my-model"),
      "warning :2:38 model_list[0].litellm_params.model: names no provider that LiteLLM knows: it may leave this model out",
    ],
  ])("%s", (_, text, expected) => {
    expect(first(text)).toBe(expected);
  });

  it("refuses an api_base with a password in it", () => {
    const text = withModel("model: openai/x, api_base: 'http://u:pass-canary@x'");
    const problems = problemsOf(text);
    expect(problems[0]).toMatch(/^error :2:55 .*api_base: has a user name or password in it/);
    expect(problems.join()).not.toContain("canary");
    const env = { ADDRESS: "http://u:p@x" };
    expect(problemsOf(withModel("model: openai/x, api_base: os.environ/ADDRESS"), { env })).toEqual(
      [],
    );
  });

  it("says which provider may be meant", () => {
    expect(problemsOf(withModel("model: opena/x"))[0]).toContain("did you mean openai/x");
    expect(problemsOf(withModel("model: my-model"))[0]).toContain("openai/my-model");
  });

  it("takes duplicate names, providers of its own handlers and an empty list for validate", () => {
    const twice = `${MODEL}${MODEL.replace("model_list:\n", "")}`;
    expect(prepare(twice).models.exact).toEqual(["m"]);
    const own = `${withModel("model: mine/x")}litellm_settings: {custom_provider_map: [{provider: mine, custom_handler: a.b}]}\n`;
    expect(problemsOf(own)).toEqual([]);
    expect(problemsOf("{}", { onlyValidate: true })[0]).toMatch(
      /^warning .*no model is configured/,
    );
    expect(exitOf("sidelite: {providers: {p: {base_url: 'http://x'}}}")).toBe("ok");
  });

  it("collects everything and exits 2", () => {
    const text = `${deployment("{model_name: 12, litellm_params: {}}")}router_settings: {routing_strategy: best}\n`;
    expect(problemsOf(text).filter((problem) => problem.startsWith("error"))).toHaveLength(3);
    expect(exitOf(text)).toBe("usage");
  });
});

describe("the whole", () => {
  it.each([
    ["empty", "", "is empty"],
    ["a list", "- a", "must be a mapping of settings"],
    ["a text", "hello", "must be a mapping of settings"],
    ["a number", "12", "must be a mapping of settings"],
  ])("%s", (_, text, expected) => {
    expect(first(text)).toBe(`error :1:1 : ${expected}`);
  });

  it("keeps what a reader of the text had to say", () => {
    const main = {
      ...documentOf(MODEL),
      notices: [{ severity: "warning" as const, message: "said before" }],
    };
    expect(problemsOf(MODEL, { included: new Map([["/x", main]]) })[0]).toContain("said before");
  });
});

describe("unknown keys", () => {
  it.each([
    [
      "top level",
      "modle_list: []",
      "modle_list: is not known to LiteLLM (did you mean model_list?)",
    ],
    ["our section", "sidelit: {}", "sidelit: is not known to LiteLLM (did you mean sidelite?)"],
    [
      "misplaced",
      "num_retries: 3",
      "num_retries: is not known to LiteLLM (move it below litellm_settings)",
    ],
    [
      "litellm_settings",
      "litellm_settings: {drop_parms: true}",
      "litellm_settings.drop_parms: is not known to LiteLLM (did you mean drop_params?)",
    ],
    [
      "router_settings",
      "router_settings: {num_retrys: 1}",
      "router_settings.num_retrys: is not known to LiteLLM (did you mean num_retries?)",
    ],
    [
      "general_settings",
      "general_settings: {foo_bar_baz: 1}",
      "general_settings.foo_bar_baz: is not known to LiteLLM (remove it if it has no purpose)",
    ],
  ])("%s: kept, with a warning; an error when strict", (_, setting, expected) => {
    const text = `${MODEL}${setting}\n`;
    expect(problemsOf(text)[0]).toMatch(/^warning :3:\d+ /);
    expect(problemsOf(text)[0]).toContain(expected);
    expect(prepare(text).rendered).toContain(setting.split(/: |\{/)[0]);
    expect(exitOf(text, { strict: true })).toBe("usage");
  });

  it.each([
    [
      "in litellm_params",
      "litellm_params: {model: openai/x, api_bse: y}",
      "litellm_params.api_bse: is not known to LiteLLM (did you mean api_base?)",
    ],
    [
      "beside litellm_params",
      "litellm_params: {model: openai/x}, api_base: 'http://x'",
      "api_base: has no effect here (move it below litellm_params)",
    ],
    [
      "slip beside litellm_params",
      "litellm_param: {model: openai/x}, litellm_params: {model: openai/x}",
      "litellm_param: has no effect here (did you mean litellm_params?)",
    ],
  ])("%s", (_, entry, expected) => {
    expect(problemsOf(deployment(`{model_name: m, ${entry}}`)).join("\n")).toContain(
      `model_list[0].${expected}`,
    );
  });

  it("lets any other parameter through to the provider", () => {
    expect(
      problemsOf(withModel("model: openai/x, top_k: 3, num_ctx: 4096, my_option: true")),
    ).toEqual([]);
  });
});

describe("refused settings", () => {
  it.each([
    [
      "database_url",
      "general_settings: {database_url: 'postgres://x'}",
      /^error .*general_settings\.database_url: is not supported yet.*migrate/,
    ],
    [
      "master_key below litellm_settings",
      "litellm_settings: {master_key: sk-abcdefghijklmnop}",
      /^error .*litellm_settings\.master_key: is never read here.*general_settings/,
    ],
    [
      "master_key at the top",
      "master_key: sk-abcdefghijklmnop",
      /^error .* master_key: is never read here/,
    ],
    [
      "unknown routing strategy",
      "router_settings: {routing_strategy: best}",
      /^error .*routing_strategy: is not known to LiteLLM.*least-busy/,
    ],
    [
      "callbacks as text",
      "litellm_settings: {success_callback: langfuse}",
      /^error .*success_callback: must be a list, not text.*\[value\]/,
    ],
    [
      "a Redis cache without address",
      "litellm_settings: {cache: true}",
      /^warning .*cache_params\.host: is needed.*pass-env/,
    ],
    [
      "unknown callback",
      "litellm_settings: {success_callback: [langfuze]}",
      /^warning .*success_callback\[0\]: langfuze is no callback.*langfuse/,
    ],
  ])("%s", (_, setting, expected) => {
    expect(problemsOf(`${MODEL}${setting}\n`)[0]).toMatch(expected);
  });

  it("runs no code and reads no file of someone else's settings", () => {
    const code = `${MODEL}litellm_settings: {callbacks: [my_module.handler]}\n`;
    expect(exitOf(code)).toBe("ok");
    expect(exitOf(code, { trust: "queue" })).toBe("security");
    expect(exitOf(`${MODEL}include: [/etc/passwd]\n`, { trust: "queue" })).toBe("security");
  });
});
