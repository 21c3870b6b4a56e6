// Every named rule at work: its severity, the line and column it points at, and what to do about it.
import { expect, it } from "vitest";

import { UserError } from "../../src/core/errors.ts";
import type { Problem } from "../../src/core/errors.ts";
import { RULE_NAMES } from "../../src/litellm/rule-names.ts";
import type { RuleName } from "../../src/litellm/rule-names.ts";
import type { Options } from "./prepared.ts";
import { prepare } from "./prepared.ts";

interface Example {
  readonly text: string;
  readonly severity: Problem["severity"];
  /** `line:column` of the key, or of the nearest one that is written. */
  readonly at: string;
  readonly path: string;
  /** In the remedy: the word that was meant, or the edit. */
  readonly fix: string;
  readonly options?: Options;
}

const ONE = "{model_name: m, litellm_params: {model: openai/x, mock_response: hi}}";
const MODEL = `model_list:\n  - ${ONE}\n`;
const model = (params: string): string =>
  `model_list:\n  - model_name: m\n    litellm_params: {${params}}\n`;

/** `missing-module` looks at files: cli/validate.test.ts. */
const EXAMPLES = {
  "alias-target": {
    text: `${MODEL}router_settings: {model_group_alias: {short: mm}}\n`,
    severity: "error",
    at: "3:39",
    path: "router_settings.model_group_alias.short",
    fix: "use one of: m",
  },
  "api-base": {
    text: model("model: openai/x, api_key: none, api_base: 'ftp://host'"),
    severity: "error",
    at: "3:54",
    path: "model_list[0].litellm_params.api_base",
    fix: "use http:// or https://",
  },
  "balanced-model": {
    text: `${MODEL}  - ${ONE}\n`,
    severity: "notice",
    at: "2:6",
    path: "model_list[0].model_name",
    fix: "another name",
  },
  database: {
    text: `${MODEL}general_settings: {database_url: "postgres://h/d"}\n`,
    severity: "error",
    at: "3:20",
    path: "general_settings.database_url",
    fix: "remove it",
  },
  "environment-variables": {
    text: `${MODEL}environment_variables: {LD_PRELOAD: x.so}\n`,
    severity: "warning",
    at: "3:25",
    path: "environment_variables.LD_PRELOAD",
    fix: "remove it",
  },
  "fallback-circle": {
    text: `${MODEL}  - ${ONE.replace("m,", "n,")}\nlitellm_settings:\n  fallbacks: [{m: [n]}, {n: [m]}]\n`,
    severity: "notice",
    at: "5:30",
    path: "litellm_settings.fallbacks[1].n[0]",
    fix: "remove one of the two",
  },
  "fallback-shape": {
    text: `${MODEL}litellm_settings: {fallbacks: [{}]}\n`,
    severity: "error",
    at: "3:32",
    path: "litellm_settings.fallbacks[0]",
    fix: "{model: [other]}",
  },
  "fallback-target": {
    text: `${MODEL}litellm_settings: {fallbacks: [{m: [mm]}]}\n`,
    severity: "error",
    at: "3:37",
    path: "litellm_settings.fallbacks[0].m[0]",
    fix: "use one of: m",
  },
  "literal-secret": {
    text: model("model: openai/x, api_key: sk-0123456789abcdef0123"),
    severity: "warning",
    at: "3:39",
    path: "model_list[0].litellm_params.api_key",
    fix: "os.environ/NAME",
  },
  "look-alike": {
    text: model("model: openai/x, api_key: 'evn:OPENAI_API_KEY'"),
    severity: "error",
    at: "3:39",
    path: "model_list[0].litellm_params.api_key",
    fix: "os.environ/OPENAI_API_KEY",
  },
  "messages-url": {
    text: model("model: openai/x, api_key: none, api_base: 'http://h/v1'"),
    severity: "notice",
    at: "3:54",
    path: "model_list[0].litellm_params.api_base",
    fix: "use_chat_completions_url_for_anthropic_messages: true",
  },
  misplaced: {
    text: `${MODEL}litellm_settings: {master_key: sk-0123456789abcdef0123}\n`,
    severity: "error",
    at: "3:20",
    path: "litellm_settings.master_key",
    fix: "general_settings.master_key",
  },
  "missing-credential": {
    text: model("model: openai/x"),
    severity: "warning",
    at: "3:5",
    path: "model_list[0].litellm_params.api_key",
    fix: "export OPENAI_API_KEY",
  },
  "no-effect": {
    text: `${MODEL}litellm_settings: {default_team_settings: [{team_id: a}]}\n`,
    severity: "notice",
    at: "3:20",
    path: "litellm_settings.default_team_settings",
    fix: "below litellm_settings itself",
  },
  "no-models": {
    text: "litellm_settings: {drop_params: true}\n",
    severity: "error",
    at: "1:1",
    path: "model_list",
    fix: "add `model_list:`",
  },
  "ollama-address": {
    text: model("model: ollama/llama3"),
    severity: "error",
    at: "3:22",
    path: "model_list[0].litellm_params.model",
    fix: "api_base: http://localhost:11434",
  },
  "redis-address": {
    text: `${MODEL}litellm_settings: {cache: true, cache_params: {type: redis}}\n`,
    severity: "warning",
    at: "3:33",
    path: "litellm_settings.cache_params.host",
    fix: "add host and port",
  },
  "reference-in-list": {
    text: `${MODEL}litellm_settings: {callbacks: [os.environ/CALLBACK]}\n`,
    severity: "error",
    at: "3:32",
    path: "litellm_settings.callbacks[0]",
    fix: "outside of a list",
    options: { env: { CALLBACK: "langfuse" } },
  },
  remote: {
    text: `${MODEL}litellm_settings: {callbacks: [my.handler]}\n`,
    severity: "error",
    at: "3:32",
    path: "litellm_settings.callbacks[0]",
    fix: "a local configuration file",
    options: { trust: "queue" },
  },
  "secret-manager": {
    text: `${MODEL}general_settings: {key_management_system: aws_secret_manager}\n`,
    severity: "error",
    at: "3:1",
    path: "general_settings.key_management_settings.hosted_keys",
    fix: "list the names",
  },
  "sidelite-section": {
    text: `${MODEL}sidelite: {max-generations: 0}\n`,
    severity: "error",
    at: "3:12",
    path: "sidelite.max-generations",
    fix: "README",
  },
  translated: {
    text: `${MODEL}router_settings: {routing_strategy: latency-based}\n`,
    severity: "notice",
    at: "3:19",
    path: "router_settings.routing_strategy",
    fix: "write latency-based-routing",
  },
  "unknown-callback": {
    text: `${MODEL}litellm_settings: {success_callback: [langfus]}\n`,
    severity: "warning",
    at: "3:39",
    path: "litellm_settings.success_callback[0]",
    fix: "did you mean langfuse",
  },
  "unknown-key": {
    text: `${MODEL}litellm_settings: {drop_param: true}\n`,
    severity: "warning",
    at: "3:20",
    path: "litellm_settings.drop_param",
    fix: "did you mean drop_params?",
  },
  "unknown-provider": {
    text: model("model: opnai/x, api_key: none"),
    severity: "warning",
    at: "3:22",
    path: "model_list[0].litellm_params.model",
    fix: "did you mean openai/x",
  },
  "unset-variable": {
    text: model("model: openai/x, api_key: os.environ/GONE"),
    severity: "error",
    at: "3:39",
    path: "model_list[0].litellm_params.api_key",
    fix: "export GONE=",
  },
  "weak-master-key": {
    text: `${MODEL}general_settings: {master_key: sk-1234}\n`,
    severity: "error",
    at: "3:20",
    path: "general_settings.master_key",
    fix: "openssl rand",
  },
  "wrong-type": {
    text: `${MODEL}litellm_settings: {success_callback: langfuse}\n`,
    severity: "error",
    at: "3:20",
    path: "litellm_settings.success_callback",
    fix: "write it as a list",
  },
} satisfies Record<Exclude<RuleName, "missing-module">, Example>;

function problemsOf(text: string, options: Options = {}): readonly Problem[] {
  try {
    return prepare(text, options).problems;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.problems;
  }
}

it.each(Object.entries<Example>(EXAMPLES))(
  "%s",
  (rule, { text, severity, at, path, fix, options }) => {
    const [found] = problemsOf(text, options).filter((one) => one.rule === rule);
    expect(found).toBeDefined();
    const { place, remedy = "", message = "" } = found ?? {};
    expect({
      severity: found?.severity,
      at: `${place?.line}:${place?.column}`,
      path: found?.path,
    }).toEqual({ severity, at, path });
    expect(place?.source).toMatch(/\.yaml$/);
    expect(remedy).toContain(fix);
    expect(message).not.toBe("");
  },
);

it("knows an example of every name", () => {
  expect([...Object.keys(EXAMPLES), "missing-module"].toSorted()).toEqual(RULE_NAMES.toSorted());
});
