// What LiteLLM's environments hold, and what the worker loses (design 3.6).
import { describe, expect, it } from "vitest";
import { isSecretName } from "../../src/litellm/field-names.ts";
import { providerNames, serviceNames } from "../../src/litellm/implicit-names.ts";
import { MODEL, prepare } from "./prepared.ts";

const withModel = (model: string, more = "") =>
  `model_list:\n  - {model_name: m, litellm_params: {model: ${model}${more}}}\n`;

const SHELL = {
  PATH: "/bin",
  HOME: "/home/user",
  LANG: "C",
  LC_ALL: "C",
  TMPDIR: "/t",
  TZ: "UTC",
  EMPTY: "",
  HTTPS_PROXY: "http://proxy:1",
  SSL_CERT_FILE: "/ca.pem",
  NO_PROXY: "corp.example",
  AWS_SESSION_TOKEN: "aws-session",
  AWS_PROFILE: "work",
  AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: "/v2",
  LANGFUSE_HOST: "https://lf",
  LANGFUSE_SECRET_KEY: "sk-lf-shell",
  GOOGLE_APPLICATION_CREDENTIALS: "/g.json",
  GEMINI_API_KEY: "gemini-key",
  OPENAI_API_KEY: "sk-openai-shell",
  OPENAI_BASE_URL: "http://127.0.0.1:1/v1",
  ANTHROPIC_API_KEY: "sk-ant-shell",
  ANTHROPIC_AUTH_TOKEN: "t",
  GROQ_API_KEY: "gsk",
  HF_TOKEN: "hf",
  AZURE_API_KEY: "az",
  AZURE_CLIENT_ID: "azc",
  AZURE_API_VERSION: "2024",
  DATABASE_URL: "postgres://shell",
  REDIS_HOST: "redis-shell",
  REDIS_PASSWORD: "redis-pass",
  LITELLM_MASTER_KEY: "sk-shell-master-key",
  DEBUG: "*",
  PORT: "1",
  HOST: "0.0.0.0",
  NUM_WORKERS: "8",
  WORKER_CONFIG: "x",
  CONFIG_FILE_PATH: "/x",
  KUBIYA_API_KEY: "kubiya-canary",
  UNRELATED: "canary",
  PYTHONPATH: "/evil",
  LD_PRELOAD: "/evil.so",
  MY_FLAG: "1",
  MY_TOKEN: "my-token-value",
  SIDELITE_HOME: "/s",
};
const NEVER = [
  "DATABASE_URL",
  "REDIS_HOST",
  "REDIS_PASSWORD",
  "LITELLM_MASTER_KEY",
  "DEBUG",
  "PORT",
  "HOST",
  "NUM_WORKERS",
  "WORKER_CONFIG",
  "CONFIG_FILE_PATH",
  "KUBIYA_API_KEY",
  "UNRELATED",
  "PYTHONPATH",
  "LD_PRELOAD",
  "OPENAI_BASE_URL",
  "ANTHROPIC_AUTH_TOKEN",
  "SIDELITE_HOME",
  "MY_FLAG",
];
const AWS = ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_PROFILE", "AWS_SESSION_TOKEN"];
const LANGFUSE = ["LANGFUSE_HOST", "LANGFUSE_SECRET_KEY"];

/** Names of the shell that LiteLLM gets beyond the basics, sorted. */
function handedOn(text: string): string[] {
  const plain = MODEL.replace("openai/gpt-4o", "custom/x");
  const basics = prepare(plain, { env: SHELL }).environment;
  const { environment } = prepare(text, { env: SHELL });
  const names = Object.keys(environment).filter((name) => Object.hasOwn(SHELL, name));
  return names.filter((name) => !Object.hasOwn(basics, name)).toSorted();
}

describe("LiteLLM's environment", () => {
  it("begins with the machine's basics and a quiet start", () => {
    const { environment } = prepare(MODEL, { env: SHELL });
    expect(environment).toMatchObject({
      PATH: "/bin",
      HOME: "/home/user",
      LANG: "C",
      LC_ALL: "C",
      TMPDIR: "/t",
      TZ: "UTC",
      HTTPS_PROXY: "http://proxy:1",
      SSL_CERT_FILE: "/ca.pem",
      NO_PROXY: "corp.example,127.0.0.1,localhost,::1",
      no_proxy: "corp.example,127.0.0.1,localhost,::1",
      LITELLM_MODE: "PRODUCTION",
      LITELLM_LOCAL_MODEL_COST_MAP: "True",
    });
  });

  it("never holds what would host LiteLLM differently, nor what nobody asked for", () => {
    const second = "  - {model_name: b, litellm_params: {model: anthropic/x}}\n";
    const { environment, droppedNames } = prepare(withModel("openai/x") + second, { env: SHELL });
    for (const name of NEVER) expect(environment).not.toHaveProperty(name);
    const told = ["DATABASE_URL", "REDIS_HOST", "LITELLM_MASTER_KEY", "DEBUG", "OPENAI_BASE_URL"];
    expect(droppedNames).toEqual(expect.arrayContaining(told));
    expect(droppedNames).not.toContain("UNRELATED");
    expect(droppedNames).not.toContain("KUBIYA_API_KEY");
  });

  it.each([
    ["bedrock/a", AWS],
    ["sagemaker/a", AWS],
    ["anthropic.claude-v2", AWS],
    ["vertex_ai/a", ["GOOGLE_APPLICATION_CREDENTIALS"]],
    ["gemini/a", ["GEMINI_API_KEY", "GOOGLE_APPLICATION_CREDENTIALS"]],
    ["azure/a", ["AZURE_API_KEY", "AZURE_API_VERSION", "AZURE_CLIENT_ID"]],
    ["openai/a", ["OPENAI_API_KEY"]],
    ["gpt-4o", ["OPENAI_API_KEY"]],
    ["claude-opus-4-5", ["ANTHROPIC_API_KEY"]],
    ["groq/a", ["GROQ_API_KEY"]],
    ["huggingface/a", ["HF_TOKEN"]],
    ["litellm_proxy/a", []],
  ])("%s brings its provider's names", (model, names) => {
    expect(handedOn(withModel(model))).toEqual(names);
  });

  it("brings no key that every deployment has of its own", () => {
    expect(handedOn(withModel("openai/a", ", api_key: none"))).toEqual([]);
    const azure = ["AZURE_API_VERSION", "AZURE_CLIENT_ID"];
    expect(handedOn(withModel("azure/a", ", api_key: none"))).toEqual(azure);
  });

  it.each([
    ["callbacks", "litellm_settings: {success_callback: [langfuse]}", LANGFUSE],
    [
      "callbacks of a team",
      "litellm_settings: {default_team_settings: [{team_id: t, success_callback: [langfuse]}]}",
      LANGFUSE,
    ],
    [
      "a guardrail",
      "guardrails: [{guardrail_name: g, litellm_params: {guardrail: bedrock, mode: pre_call}}]",
      AWS,
    ],
    ["a redis cache", "litellm_settings: {cache: true, cache_params: {type: redis, host: h}}", []],
    ["a cache in S3", "litellm_settings: {cache: true, cache_params: {type: s3}}", AWS],
    [
      "pass-env",
      "sidelite: {proxy: {pass-env: [MY_*, EMPTY, REDIS_HOST]}}",
      ["EMPTY", "MY_FLAG", "MY_TOKEN", "REDIS_HOST"],
    ],
  ])("%s brings its names", (_, setting, names) => {
    expect(handedOn(`${withModel("custom/x")}${setting}\n`)).toEqual(names);
  });

  it("keeps empty and unset apart", () => {
    const { environment } = prepare(withModel("openai/x"), { env: { OPENAI_API_KEY: "" } });
    expect(environment["OPENAI_API_KEY"]).toBe("");
    expect(prepare(withModel("openai/x")).environment).not.toHaveProperty("OPENAI_API_KEY");
  });

  it("gives remote settings only names of the tables", () => {
    const text = withModel("unlisted/x", ", custom_llm_provider: unlisted");
    const env = { UNLISTED_API_KEY: "canary" };
    const remote = prepare(text, { env, trust: "queue" });
    expect(prepare(text, { env }).environment).toHaveProperty("UNLISTED_API_KEY");
    expect(remote.environment).not.toHaveProperty("UNLISTED_API_KEY");
  });
});

describe("the keeper's environment", () => {
  it("holds no secret and nothing that the configuration names", () => {
    const text = `${withModel("bedrock/x", ", api_key: os.environ/MY_TOKEN")}
environment_variables: {FROM_FILE: x}
sidelite: {proxy: {pass-env: [MY_*]}}
`;
    const { importEnvironment } = prepare(text, { env: SHELL });
    expect(Object.keys(importEnvironment).filter((name) => isSecretName(name))).toEqual([]);
    const expected = { PATH: "/bin", SSL_CERT_FILE: "/ca.pem", MY_FLAG: "1" };
    expect(importEnvironment).toMatchObject(expected);
    for (const name of ["MY_TOKEN", "FROM_FILE", "AWS_PROFILE", "SIDELITE_MASTER_KEY"]) {
      expect(importEnvironment).not.toHaveProperty(name);
    }
  });

  it("lacks what LiteLLM reads late, though it is passed on: its change needs no other keeper", () => {
    const text = `${withModel("openai/x")}
sidelite: {proxy: {pass-env: [AWS_*, LANGFUSE_HOST, REDIS_HOST, REDIS_SOCKET_TIMEOUT]}}
`;
    const late = { AWS_REGION: "eu-west-1", LANGFUSE_HOST: "https://x.test", REDIS_HOST: "r.test" };
    const read = { REDIS_SOCKET_TIMEOUT: "3" };
    const { environment, importEnvironment } = prepare(text, { env: { ...late, ...read } });
    expect(environment).toMatchObject({ ...late, ...read });
    expect(importEnvironment).toMatchObject(read);
    for (const name of Object.keys(late)) expect(importEnvironment).not.toHaveProperty(name);
  });
});

describe("what the worker loses", () => {
  const env = { ...SHELL, OTHER_KEY: "other-key-value" };
  const hidden = (text: string) => prepare(text, { env }).hiddenFromWorker;

  it("is what LLM calls alone use", () => {
    expect(hidden(withModel("openai/x"))).toContain("OPENAI_API_KEY");
    expect(hidden(withModel("azure/x", ", api_key: os.environ/OTHER_KEY"))).toContain("OTHER_KEY");
    const azure = hidden(withModel("azure/x", ", api_key: os.environ/AZURE_API_KEY"));
    expect(azure).toContain("AZURE_API_KEY");
  });

  it("is what feeds a key of the gateway, which LiteLLM gets under another name alone", () => {
    const text = `${withModel("openai/x", ", api_key: none")}
general_settings: {master_key: "sk-\${env.MASTER_PART}"}
sidelite: {key: os.environ/WORKER_KEY}
`;
    const keys = { MASTER_PART: "0123456789abcdef", WORKER_KEY: "sk-0123456789abcdef" };
    const prepared = prepare(text, { env: { ...env, ...keys } });
    expect(prepared.hiddenFromWorker).toEqual(
      expect.arrayContaining(["MASTER_PART", "WORKER_KEY"]),
    );
    expect(prepared.environment).toMatchObject({ SIDELITE_MASTER_KEY: `sk-${keys.MASTER_PART}` });
    for (const name of Object.keys(keys)) expect(prepared.environment).not.toHaveProperty(name);
  });

  it("is no cloud credential and nothing unused", () => {
    const aws =
      ", aws_access_key_id: os.environ/OTHER_KEY, aws_session_token: os.environ/AWS_SESSION_TOKEN";
    expect(hidden(withModel("bedrock/x", aws))).toEqual([]);
    expect(hidden(withModel("openai/x", ", api_key: none"))).not.toContain("OPENAI_API_KEY");
    const face = hidden(withModel("huggingface/x", ", api_key: os.environ/HF_TOKEN"));
    expect(face).not.toContain("HF_TOKEN");
  });
});

describe("the tables", () => {
  it("fall back to the provider's own name", () => {
    expect(providerNames("deepseek")).toEqual({ llm: "DEEPSEEK_API_KEY DEEPSEEK_API_BASE" });
    expect(providerNames("toString")).toEqual({ llm: "TOSTRING_API_KEY TOSTRING_API_BASE" });
    expect(serviceNames("langsmith")).toBe("LANGSMITH_*");
    expect(serviceNames("azure/prompt_shield")).toBe("AZURE_*");
    expect(serviceNames("noma_v2")).toBe("NOMA_*");
    expect(serviceNames("redis")).toBe("");
  });
});
