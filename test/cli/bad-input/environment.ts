// Variables, and the context file.
import { chmod } from "node:fs/promises";
import type { BadInput } from "./row.ts";
import { GOOD, GOOD_JSON, worker } from "./row.ts";

const context = (name: string, content: string, more: Partial<BadInput> = {}): BadInput => ({
  name: `context file: ${name}`,
  args: worker(),
  files: { "~config": content },
  code: 2,
  ...more,
});
/** Where everything else was good: the last thing that is looked at before anything is started. */
const NO_PROGRAM = "no-such-program";
const good = (
  name: string,
  env: Record<string, string>,
  ...flags: readonly string[]
): BadInput => ({
  name,
  args: [...worker(...flags).slice(0, -1), NO_PROGRAM],
  env,
  code: 127,
});
const switched = (value: string): BadInput => ({
  name: `KUBIYA_ENABLE_LOCAL_PROXY=${JSON.stringify(value)}`,
  args: worker(),
  env: { KUBIYA_ENABLE_LOCAL_PROXY: value, KUBIYA_PROXY_CONFIG_JSON: GOOD_JSON },
  code: 2,
});
const proxied = (settings: string): string =>
  `current-context: a\ncontexts: [{name: a, context: {litellm-proxy: {${settings}}}}]\n`;

export const ENVIRONMENT: readonly BadInput[] = [
  switched("maybe"),
  switched("tru"),
  switched(""),
  {
    name: "file and JSON by variables",
    args: worker(),
    env: { KUBIYA_PROXY_CONFIG_FILE: "c.yaml", KUBIYA_PROXY_CONFIG_JSON: GOOD_JSON },
    files: { "c.yaml": GOOD },
    code: 2,
  },
  {
    name: "every fault at once",
    args: worker("--proxy-timeout", "x"),
    env: { SIDELITE_PROXY_PORT: "x", KUBIYA_ENABLE_LOCAL_PROXY: "maybe" },
    code: 2,
  },
  { name: "no home", args: worker(), env: { HOME: null }, code: 7 },
  {
    name: "Kubiya worker without a key",
    args: ["worker", "start", "--queue-id", "q", "--proxy-config-file", "c.yaml"],
    files: { "c.yaml": GOOD },
    code: 3,
  },
  {
    name: "a command that is not there",
    args: [...worker("--proxy-config-file", "c.yaml").slice(0, -1), "no-such-program"],
    files: { "c.yaml": GOOD },
    code: 127,
  },
  {
    name: "a command that is no program",
    args: [...worker("--proxy-config-file", "c.yaml").slice(0, -1), "./c.yaml"],
    files: { "c.yaml": GOOD },
    code: 126,
  },
];

const accepted = ["TRUE", "yes", "on", " 1 "].map((value) =>
  good(`on by ${JSON.stringify(value)}`, {
    KUBIYA_ENABLE_LOCAL_PROXY: value,
    KUBIYA_PROXY_CONFIG_JSON: GOOD_JSON,
  }),
);

/** Nothing is wrong with these but the command's name. */
export const ACCEPTED: readonly BadInput[] = [
  ...accepted,
  good("off by 0, whatever the config", {
    KUBIYA_ENABLE_LOCAL_PROXY: "0",
    KUBIYA_PROXY_CONFIG_FILE: "missing.yaml",
  }),
  {
    ...good("off by a flag, whatever the context", {}, "--enable-local-proxy=false"),
    files: { "~config": proxied("enabled: true, config-file: missing.yaml") },
  },
  {
    ...good("a config in the context that nothing enables", {}),
    files: { "~config": proxied("config-file: missing.yaml") },
  },
  good("port 4000", { KUBIYA_PROXY_CONFIG_JSON: GOOD_JSON }, "--proxy-port", "4000"),
  good(
    "--model that an alias names",
    { KUBIYA_PROXY_CONFIG_JSON: withRouter('{"model_group_alias": {"best": "m"}}') },
    "--model",
    "best",
  ),
  good(
    "--model that a wildcard takes",
    { KUBIYA_PROXY_CONFIG_JSON: GOOD_JSON.replace('"m"', '"openai/*"') },
    "--model",
    "openai/gpt-4o",
  ),
  good(
    "--model that is not looked at",
    { KUBIYA_PROXY_CONFIG_JSON: GOOD_JSON },
    "--model",
    "other",
    "--skip-model-validation",
  ),
  good("the same name twice balances load", {
    KUBIYA_PROXY_CONFIG_JSON: JSON.stringify({
      model_list: Array.from({ length: 2 }, () => JSON.parse(GOOD_JSON).model_list[0]),
    }),
  }),
];

function withRouter(settings: string): string {
  return GOOD_JSON.replace(/\}$/, `, "router_settings": ${settings}}`);
}

export const CONTEXTS: readonly BadInput[] = [
  context("bad YAML", "contexts:\n  - name: a\n context: {}\n"),
  context(
    "unknown current-context",
    "current-context: prd\ncontexts: [{name: prod, context: {}}]\n",
  ),
  context("glued line", "current-context: acontexts:\n  - name: a\n    context: {}\n"),
  context("not a boolean", proxied("enabled: maybe")),
  context("config-json is a list", proxied("enabled: true, config-json: []")),
  context(
    "config-json, a fault inside",
    proxied("enabled: true, config-json: {model_list: [{model_name: m}]}"),
  ),
  context("file and JSON", proxied("enabled: true, config-file: c.yaml, config-json: {}")),
  context("unset variable", proxied("enabled: true, config-file: '${env.UNSET_ONE}/c.yaml'")),
  context("a slip", proxied("enable: true"), { code: 0 }),
  context(
    "a user that is not there",
    "current-context: a\ncontexts: [{name: a, context: {user: me}}]\n",
    { code: 0 },
  ),
  context(
    "a token that others can read",
    "current-context: a\ncontexts: [{name: a, context: {user: u}}]\nusers: [{name: u, user: {token: hidden-token-0123456789}}]\n",
    {
      code: 0,
      hides: "hidden-token",
      args: worker("--no-enable-local-proxy"),
      prepare: ({ contextFile }) => chmod(contextFile, 0o644),
    },
  ),
  context(
    "a token, anyone may write",
    "users: [{name: u, user: {token: hidden-token-0123456789}}]\n",
    { code: 8, hides: "hidden-token", prepare: ({ contextFile }) => chmod(contextFile, 0o666) },
  ),
];
