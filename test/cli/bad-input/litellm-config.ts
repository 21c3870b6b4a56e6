// What LiteLLM would refuse, ignore, or do something dangerous with.
import type { BadInput } from "./row.ts";
import { GOOD, worker } from "./row.ts";

const start = (name: string, content: string, more: Partial<BadInput> = {}): BadInput => ({
  name,
  args: worker("--proxy-config-file", "c.yaml"),
  files: { "c.yaml": content },
  code: 2,
  ...more,
});
const validate = (name: string, content: string, more: Partial<BadInput> = {}): BadInput =>
  start(name, content, { args: ["validate", "c.yaml"], ...more });
const model = (parameters: string): string =>
  `model_list:\n  - model_name: m\n    litellm_params: {${parameters}}\n`;

export const MODELS: readonly BadInput[] = [
  start("empty model_list", "model_list: []\n"),
  validate("empty model_list", "model_list: []\n", { code: 0 }),
  start("no model_list", "litellm_settings: {}\n"),
  validate("model_list is text", "model_list: gpt-4\n"),
  validate("an entry without a name", "model_list: [{litellm_params: {model: openai/m}}]\n"),
  validate("an entry without parameters", "model_list: [{model_name: m}]\n"),
  validate("an entry is text", "model_list: [gpt-4]\n"),
  validate("no model", model("api_key: none")),
  validate("unknown provider", model("model: opena/m, api_key: none"), { code: 0 }),
  validate("ollama without api_base", model("model: ollama/llama3")),
  validate(
    "api_base with a password",
    model("model: openai/m, api_key: none, api_base: 'http://u:hidden-password@x'"),
    { hides: "hidden-password" },
  ),
  validate("api_base without http", model("model: openai/m, api_key: none, api_base: 'x:80/v1'")),
  validate(
    "api_base with a space",
    model("model: openai/m, api_key: none, api_base: 'http://x /v1'"),
  ),
  start(
    "two variables that are not set",
    `${model("model: openai/m, api_key: os.environ/UNSET_ONE")}  - model_name: n\n    litellm_params: {model: openai/n, api_key: os.environ/UNSET_TWO}\n`,
  ),
  start("an empty variable", model("model: openai/m, api_key: os.environ/EMPTY_KEY"), {
    env: { EMPTY_KEY: "" },
  }),
  start("env:NAME, read but not set", model("model: openai/m, api_key: 'env:UNSET_THREE'")),
  validate("${NAME}", model("model: openai/m, api_key: '${MY_KEY}'")),
  validate("a slip for env:", model("model: openai/m, api_key: 'evn:MY_KEY'")),
  validate("a reference in a list", `${GOOD}litellm_settings: {callbacks: [os.environ/HOME]}\n`),
  validate("$NAME", model("model: openai/m, api_key: $MY_KEY")),
  validate("literal key", model("model: openai/m, api_key: sk-hidden-literal-key-0123456789"), {
    code: 0,
    hides: "hidden-literal",
  }),
  validate("fallback to nowhere", `${GOOD}litellm_settings: {fallbacks: [{m: [n]}]}\n`),
  validate("fallbacks are a mapping", `${GOOD}litellm_settings: {fallbacks: {m: [n]}}\n`),
  validate("an alias of itself", `${GOOD}router_settings: {model_group_alias: {a: b, b: a}}\n`),
  validate("an alias of nothing", `${GOOD}router_settings: {model_group_alias: {a: n}}\n`),
  validate(
    "fallbacks in a circle",
    `${GOOD}${GOOD.replace("model_list:\n", "").replace("model_name: m", "model_name: n")}litellm_settings: {fallbacks: [{m: [n]}, {n: [m]}]}\n`,
    { code: 0 },
  ),
  validate("unknown key", `${GOOD}litellm_setings: {}\n`, { code: 0 }),
  validate("unknown key, strict", `${GOOD}litellm_setings: {}\n`, {
    args: ["validate", "--strict", "c.yaml"],
  }),
  validate("unknown key of ours", `${GOOD}sidelite: {proxy: {pass_env: [X]}}\n`),
  validate("weak master key", `${GOOD}general_settings: {master_key: sk-1234}\n`),
  start("an unset master key", `${GOOD}general_settings: {master_key: os.environ/UNSET_MASTER}\n`),
  validate(
    "database",
    `${GOOD}general_settings: {database_url: 'postgres://u:hidden-password@h/d'}\n`,
    { hides: "hidden-password" },
  ),
  validate("include that is missing", `include: [more.yaml]\n${GOOD}`),
  validate("module that is missing", `${GOOD}litellm_settings: {callbacks: mine.handler}\n`, {
    code: 0,
  }),
];
