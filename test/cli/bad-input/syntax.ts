// YAML and JSON that is no config.
import type { BadInput } from "./row.ts";
import { GOOD, worker } from "./row.ts";

const yaml = (name: string, content: string, code = 2): BadInput => ({
  name: `YAML: ${name}`,
  args: ["validate", "c.yaml"],
  files: { "c.yaml": content },
  code,
});
const json = (name: string, text: string): BadInput => ({
  name: `JSON: ${name}`,
  args: worker("--proxy-config-json", text),
  code: 2,
});

const aliasBomb = `a: &a [x, x, x, x, x, x, x, x, x]
b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]
c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b]
d: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c]
e: &e [*d, *d, *d, *d, *d, *d, *d, *d, *d]
f: [*e, *e, *e, *e, *e, *e, *e, *e, *e]
`;
const model = (name: string): string =>
  `model_list:\n  - model_name: ${name}\n    litellm_params: {model: openai/m, api_key: none}\n`;

export const SYNTAX: readonly BadInput[] = [
  yaml("tab", "model_list:\n\t- model_name: m\n"),
  yaml("duplicate key", `${GOOD}model_list: []\n`),
  yaml("two documents", `${GOOD}---\n${GOOD}`),
  yaml("tag", "model_list: !!python/object:os.system [x]\n"),
  yaml("alias bomb", aliasBomb),
  yaml("depth 2000", "[".repeat(2000)),
  yaml("wrong indentation", "model_list:\n  - model_name: m\n   litellm_params: {}\n"),
  yaml("no as a name", model("no")),
  yaml("1:30 as a name", model("1:30")),
  yaml("012 as a name", model("012")),
  yaml("a date as a name", model("2024-01-01"), 0),
  yaml(
    "merge key",
    `base: &base {api_key: none}\nmodel_list:\n  - model_name: m\n    litellm_params: {<<: *base, model: openai/m}\n`,
    0,
  ),
  yaml("1 MiB of keys", Array.from({ length: 95_000 }, (_, index) => `k${index}: 1\n`).join("")),
  json("trailing comma", '{"model_list": [],}'),
  json("single quotes", "{'model_list': []}"),
  json("quotes taken by the shell", "{model_list: []}"),
  json("a list", "[]"),
  json("null", "null"),
  json("text", '"model_list"'),
  json("a number", "1"),
  json("a comment", '{"model_list": [] /* none */}'),
  json("NaN", '{"router_settings": {"timeout": NaN}}'),
  json("depth 5000", "[".repeat(5000)),
  json("constructor", '{"constructor": {"prototype": {"polluted": true}}}'),
  json("__proto__", '{"__proto__": {"polluted": true}}'),
  json("big integer", '{"router_settings": {"timeout": 12345678901234567890}}'),
  json("1e400", '{"router_settings": {"timeout": 1e400}}'),
  json("duplicate key", '{"model_list": [], "model_list": []}'),
  json("a path", "config.json"),
  {
    name: "JSON file",
    args: ["validate", "c.json"],
    files: { "c.json": '{"model_list": [],}' },
    code: 2,
  },
  {
    name: "JSON in the environment",
    args: worker(),
    env: { KUBIYA_PROXY_CONFIG_JSON: "{model_list: []}" },
    code: 2,
  },
];
