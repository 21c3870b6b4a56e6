// References and secrets: what LiteLLM's file holds, what its environment holds, what is refused.
import { describe, expect, it } from "vitest";
import { isTold, MODEL, prepare, problemsOf, renderedOf } from "./prepared.ts";

const model = (parameters: string) =>
  `model_list:\n  - model_name: m\n    litellm_params:\n      model: openai/x\n${parameters.replace(/^/gm, "      ")}\n`;

function parametersOf(text: string, env: Record<string, string> = {}): unknown {
  const [first] = [...Object(renderedOf(prepare(text, { env }))["model_list"])];
  const { model: _, ...parameters } = first.litellm_params;
  return parameters;
}

describe("references", () => {
  const env = { KEY: "sk-value-of-key", SITE: "https://site", N: "5" };
  it.each([
    ["LiteLLM's own", "api_key: os.environ/KEY", { api_key: "os.environ/KEY" }],
    ["env: in a credential", "api_key: env:KEY", { api_key: "os.environ/KEY" }],
    ["env: in an endpoint", "api_base: env:SITE", { api_base: "os.environ/SITE" }],
    ["env: elsewhere is text", "tag: env:KEY", { tag: "env:KEY" }],
    ["braces", "api_key: ${env.KEY}", { api_key: "os.environ/KEY" }],
    ["braces inside a text", "api_base: ${env.SITE}/v1", { api_base: "os.environ/SIDELITE_V1" }],
    [
      "default of an unset one",
      "api_base: ${env.NOPE:=https://d/v1}",
      { api_base: "https://d/v1" },
    ],
    ["default beside a set one", "api_key: ${env.KEY:=other}", { api_key: "os.environ/KEY" }],
    [
      "secret default",
      "api_key: ${env.NOPE:=sk-default-key}",
      { api_key: "os.environ/SIDELITE_V1" },
    ],
    ["empty default", "api_key: ${env.NOPE:=}", { api_key: null }],
    ["value when set", "region: ${env.KEY:+eu}", { region: "eu" }],
    ["escape", "tag: $${env.KEY}", { tag: "${env.KEY}" }],
    [
      "deep in mappings",
      "extra_headers: {X-Key: os.environ/KEY}",
      { extra_headers: { "X-Key": "os.environ/KEY" } },
    ],
    ["in a mapping in a list", "l: [{a: os.environ/KEY}]", { l: [{ a: "os.environ/KEY" }] }],
    [
      "a federation pointer",
      "anthropic_issuer_signing_key_ref: os.environ/NOPE",
      { anthropic_issuer_signing_key_ref: "os.environ/NOPE" },
    ],
  ])("%s", (_, line, expected) => {
    expect(parametersOf(model(line), env)).toEqual(expected);
  });

  it("gives the values to LiteLLM's environment only", () => {
    const prepared = prepare(model("api_base: ${env.SITE}/v1\napi_key: ${env.KEY}"), { env });
    expect(prepared.environment).toMatchObject({
      SIDELITE_V1: "https://site/v1",
      KEY: "sk-value-of-key",
    });
    expect(prepared.environment).not.toHaveProperty("N");
    expect(JSON.stringify(prepared.importEnvironment)).not.toMatch(/sk-value|site/);
    expect(prepared.secrets.map((secret) => secret.reveal())).toContain("sk-value-of-key");
  });

  it("reports every unset or empty variable at once, with its line", () => {
    const text = model("api_key: os.environ/NOPE\napi_base: env:EMPTY\ntag: a-${env.GONE}");
    expect(problemsOf(text, { env: { EMPTY: "" } })).toEqual([
      "error :5:7 model_list[0].litellm_params.api_key: the environment variable NOPE is not set (export NOPE=..., or add it to `environment_variables:`)",
      "error :6:7 model_list[0].litellm_params.api_base: the environment variable EMPTY is empty (export EMPTY=..., or add it to `environment_variables:`)",
      "error :7:7 model_list[0].litellm_params.tag: the environment variable GONE is not set (export GONE=..., or add it to `environment_variables:`)",
    ]);
  });

  it("takes names of environment_variables for set, the file before the shell", () => {
    const text = `${model("api_key: os.environ/KEY")}environment_variables:\n  KEY: from-file\n  N: 5\n  B: yes\n  C: os.environ/SITE\n  D: os.environ/KEY\n`;
    const prepared = prepare(text, { env });
    expect(prepared.environment).toMatchObject({
      KEY: "from-file",
      N: "5",
      B: "True",
      C: "https://site",
      D: "from-file",
    });
    expect(prepared.rendered).not.toMatch(/environment_variables|from-file/);
    expect(prepared.importEnvironment).not.toHaveProperty("KEY");
  });

  it("leaves unset ones to a secret manager", () => {
    const settings =
      "general_settings:\n  key_management_system: aws_secret_manager\n  key_management_settings: {hosted_keys: [NOPE]}\n";
    expect(parametersOf(model("api_key: os.environ/NOPE") + settings)).toEqual({
      api_key: "os.environ/NOPE",
    });
    expect(
      problemsOf(
        model("api_key: os.environ/NOPE") + settings.replace("{hosted_keys: [NOPE]}", "{}"),
      )[0],
    ).toContain("hosted_keys");
  });

  it.each([
    ["$NAME", "api_key: $KEY", "os.environ/KEY"],
    ["${NAME}", "api_key: ${KEY}", "${env.KEY}"],
    ["${NAME} in a model", "model_info: {x: 'a ${KEY}'}", "${env.KEY}"],
    [":-", "api_key: ${env.KEY:-x}", "${env.KEY:=...}"],
    ["lower case", "api_key: ${env.key}", "${env.KEY}"],
    ["embedded", "api_base: https://os.environ/SITE/v1", "${env.SITE}"],
  ])("refuses the look-alike %s with the right spelling", (_, line, spelling) => {
    const [found] = problemsOf(model(line), { env });
    expect(found).toMatch(/^error .*would not be replaced/);
    expect(found).toContain(`write ${spelling}`);
  });

  it("lets prompts hold what looks like a reference", () => {
    expect(problemsOf(model("litellm_system_prompt: Say ${name} and $HOME"))).toEqual([]);
  });

  it("refuses a reference that LiteLLM would not resolve, naming its path", () => {
    expect(problemsOf(model("l: [os.environ/KEY]"), { env })[0]).toMatch(
      /^error :5:11 model_list\[0\]\.litellm_params\.l\[0\]: is a reference inside a list/,
    );
    expect(problemsOf(model("l: [[{a: os.environ/KEY}]]"), { env })[0]).toMatch(/inside a list/);
  });

  it("knows the two places that LiteLLM resolves differently", () => {
    const text = `${MODEL}general_settings:
  alerting: [slack]
  alert_to_webhook_url: {budget_alerts: [os.environ/KEY, "https://hooks.example/abc"]}
  pass_through_endpoints:
    - {path: /x, target: "https://t", headers: {Authorization: "Bearer os.environ/KEY"}}
`;
    const prepared = prepare(text, { env });
    expect(renderedOf(prepared)["general_settings"]).toMatchObject({
      alert_to_webhook_url: { budget_alerts: ["os.environ/KEY", "https://hooks.example/abc"] },
      pass_through_endpoints: [{ headers: { Authorization: "os.environ/SIDELITE_V1" } }],
    });
    expect(prepared.environment["SIDELITE_V1"]).toBe("Bearer sk-value-of-key");
  });

  it("hides variables that would host LiteLLM differently behind a name of ours", () => {
    const prepared = prepare(model("api_key: os.environ/DATABASE_URL"), {
      env: { DATABASE_URL: "postgres://x" },
    });
    expect(prepared.environment).toMatchObject({ SIDELITE_V1: "postgres://x" });
    expect(prepared.environment).not.toHaveProperty("DATABASE_URL");
  });
});

describe("literal secrets", () => {
  it.each([
    ["a key", "api_key: abcdef123456", "api_key", "abcdef123456"],
    ["a password", "password: hunter22222", "password", "hunter22222"],
    ["a header", "extra_headers: {Authorization: Bearer xyzxyz}", "Authorization", "Bearer xyzxyz"],
    ["an address with a password", "redis_url: 'redis://u:p@h:1'", "redis_url", "redis://u:p@h:1"],
    ["a key by its looks", "note: sk-abcdefgh", "note", "sk-abcdefgh"],
    [
      "inline JSON credentials",
      'vertex_credentials: \'{"private_key": "x"}\'',
      "vertex_credentials",
      '{"private_key": "x"}',
    ],
  ])("%s goes by environment, with a warning", (_, line, field, value) => {
    const text = model(line);
    const prepared = prepare(text);
    expect(prepared.rendered).toContain(`${field}: os.environ/SIDELITE_V1`);
    expect(prepared.rendered).not.toContain(value);
    expect(prepared.environment["SIDELITE_V1"]).toBe(value);
    expect(prepared.problems.filter(isTold)).toMatchObject([
      { severity: "warning", place: { line: 5 } },
    ]);
    expect(JSON.stringify(prepared.problems)).not.toContain(value);
  });

  it.each([
    "max_tokens: 100",
    "input_cost_per_token: 0.1",
    "api_key: none",
    "api_key: ''",
    "eos_token: </s>",
    "litellm_credential_name: prod",
    "aws_web_identity_token: oidc/google/x",
    "vertex_credentials: /k.json",
    "cache_key: abc",
    "token_url: https://x/token",
  ])("%s is none", (line) => {
    expect(prepare(model(line)).rendered).not.toContain("SIDELITE_V");
  });

  it("numbers them in document order, the same every time", () => {
    const text = model(
      "api_key: one-secret\npassword: two-secret\nmodel_info: {secret: three-secret}",
    );
    const { environment, rendered, digest } = prepare(text);
    expect(environment).toMatchObject({
      SIDELITE_V1: "one-secret",
      SIDELITE_V2: "two-secret",
      SIDELITE_V3: "three-secret",
    });
    expect(prepare(text)).toMatchObject({ rendered, digest });
    expect(prepare(text.replace("one-secret", "other-secret")).digest).toBe(digest);
  });

  it("is refused in a list, where no reference works", () => {
    expect(problemsOf(model("l: [sk-abcdefgh1]"))[0]).toMatch(
      /^error :5:11 .*\.l\[0\]: holds a secret in a list/,
    );
  });
});

describe("environment_variables", () => {
  it.each([
    ["  1X: a", "error :5:3 environment_variables.1X: is no name of a variable"],
    [
      "  DATABASE_URL: postgres://x",
      "error :5:3 environment_variables.DATABASE_URL: sidelite runs LiteLLM without a database",
    ],
    ["  X:", "error :5:3 environment_variables.X: has no value"],
    ["  X: [a]", "error :5:3 environment_variables.X: must be a single value"],
    [
      "  X: os.environ/NOPE",
      "error :5:3 environment_variables.X: the environment variable NOPE is not set",
    ],
    ["  X: $NOPE", "error :5:3 environment_variables.X: $NOPE would not be replaced"],
    [
      "  LD_PRELOAD: /x.so",
      "warning :5:3 environment_variables.LD_PRELOAD: is left out: LiteLLM ignores it here",
    ],
    [
      "  WORKER_CONFIG: x",
      "warning :5:3 environment_variables.WORKER_CONFIG: is left out: it belongs to sidelite",
    ],
  ])("%s", (line, expected) => {
    const text = `model_list:\n  - {model_name: m, litellm_params: {model: openai/gpt-4o, mock_response: hi}}\n\nenvironment_variables:\n${line}\n`;
    expect(problemsOf(text)[0]).toMatch(new RegExp(`^${expected.replaceAll(/[$.[\]]/g, "\\$&")}`));
  });
});
