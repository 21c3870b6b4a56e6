// Whatever the configuration: prepared or refused, no other error, no secret written, nothing polluted.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UserError } from "../../src/core/errors.ts";
import { renderYaml } from "../../src/core/render-yaml.ts";
import { prepare } from "./prepared.ts";

const KEYS = [
  "model_list",
  "model_name",
  "litellm_params",
  "model",
  "api_key",
  "api_base",
  "model_info",
  "id",
  "include",
  "litellm_settings",
  "router_settings",
  "general_settings",
  "environment_variables",
  "fallbacks",
  "callbacks",
  "success_callback",
  "model_group_alias",
  "routing_strategy",
  "master_key",
  "sidelite",
  "proxy",
  "pass-env",
  "worker",
  "key",
  "providers",
  "cache",
  "cache_params",
  "custom_provider_map",
  "provider",
  "timeout",
  "guardrails",
  "default_team_settings",
  "alerting",
  "metadata",
  "constructor",
  "toString",
  "prototype",
  "vertex_credentials",
];
const TEXTS = [
  "openai/x",
  "m",
  "ollama/x",
  "*",
  "openai/*",
  "os.environ/NAME",
  "env:NAME",
  "${env.NAME}",
  "${env.NOPE:=d}",
  "$NAME",
  "${",
  "$${env.X}",
  "http://x",
  "http://u:p@x",
  "langfuse",
  "a.b",
  "",
  "./x",
  "~",
  "latency-based",
  "NAME",
  "sk-canary-canary",
  "Bearer canary-canary",
  "os.environ/",
  "env:",
  "oidc/x",
  "{}",
  "A B",
];

const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 6 },
    fc.constantFrom(...TEXTS),
    fc.constantFrom<unknown>(null, true, false, 0, 1, -1, 1.5),
    fc.array(tie("tree"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...KEYS), tie("tree"), { maxKeys: 5, noNullPrototype: true }),
  ),
}));
const sections = fc.dictionary(fc.constantFrom(...KEYS), tree, {
  maxKeys: 6,
  noNullPrototype: true,
});

/** The text prepared, or the messages of the refusal. */
function outcome(text: string): { rendered: string; words: string } {
  try {
    const { rendered, problems } = prepare(text, {
      env: { NAME: "canary-in-variable" },
      onlyValidate: true,
    });
    return { rendered, words: JSON.stringify(problems) };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { rendered: "", words: JSON.stringify(error.problems) };
  }
}

describe("any configuration", () => {
  it("is prepared or refused", () => {
    fc.assert(
      fc.property(sections, (value) => {
        const { rendered, words } = outcome(renderYaml(value));
        expect(rendered).not.toMatch(/canary/);
        expect(words).not.toMatch(/canary-canary|canary-in-variable/);
        expect(Object.keys(Object.prototype)).toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });

  it("is prepared or refused when it has a model", () => {
    const model = { model_name: "m", litellm_params: { model: "openai/x" } };
    fc.assert(
      fc.property(fc.constantFrom(...KEYS), tree, (key, value) => {
        const { rendered } = outcome(
          renderYaml({ model_list: [model], litellm_settings: { [key]: value } }),
        );
        expect(rendered).not.toMatch(/canary/);
      }),
      { numRuns: 1000 },
    );
  });
});
