import { describe, expect, it } from "vitest";
import { guard, MODEL, pathsOf } from "./guarded.ts";
import { configWith } from "./support.ts";

const withHost = (variables: object, hosts: readonly string[] = []) =>
  guard(
    { litellm_settings: { callbacks: ["langfuse"] }, environment_variables: variables },
    {},
    hosts,
  );

describe("a callback's address", () => {
  it.each([
    [{ LANGFUSE_HOST: "https://evil.example" }, 8],
    [{ LANGFUSE_HOST: "https://evil.example", LANGFUSE_PUBLIC_KEY: "pk" }, 8],
    [
      {
        LANGFUSE_HOST: "https://evil.example",
        LANGFUSE_PUBLIC_KEY: "pk",
        LANGFUSE_SECRET_KEY: "sk",
      },
      undefined,
    ],
    [
      {
        LANGFUSE_HOST: "https://evil.example",
        LANGFUSE_PUBLIC_KEY: "pk",
        LANGFUSE_SECRET_KEY: "os.environ/LANGFUSE_SECRET_KEY",
      },
      8,
    ],
    [
      {
        LANGFUSE_HOST: "https://us.cloud.langfuse.com",
        LANGFUSE_SECRET_KEY: "os.environ/LANGFUSE_SECRET_KEY",
      },
      undefined,
    ],
    [{ LANGFUSE_HOST: "http://cloud.langfuse.com" }, 8],
    [{ LANGFUSE_HOST: "https://cloud.langfuse.com.evil.example" }, 8],
    [{ LANGFUSE_HOST: "https://user:pw@cloud.langfuse.com" }, 4],
    [{ LANGFUSE_HOST: "file:///etc/passwd" }, 4],
  ])("%j: %s", (variables, code) => {
    expect(withHost(variables)?.exitCode).toBe(code);
  });

  it("may be one that the user trusts", () => {
    expect(withHost({ LANGFUSE_HOST: "https://lf.example" }, ["lf.example"])).toBeNull();
  });
});

describe("the key goes home", () => {
  const ENV = {
    OPENAI_API_KEY: "sk-1",
    GROQ_API_KEY: "g",
    AZURE_API_KEY: "a",
    GITHUB_TOKEN: "t",
    KUBIYA_API_KEY: "k",
    AWS_SECRET_ACCESS_KEY: "w",
    OLLAMA_API_KEY: "o",
  };

  it("S22: no variable of ours goes to a foreign host", () => {
    for (const name of Object.keys(ENV)) {
      for (const model of ["openai/gpt-4", "azure/gpt-4", "groq/x", "ollama/x", "bedrock/x"]) {
        const error = guard(
          configWith({ model, api_base: "https://evil.example/v1", api_key: `os.environ/${name}` }),
          ENV,
        );
        expect([name, model, error?.exitCode]).toEqual([name, model, 8]);
      }
    }
  });

  it.each([
    ["openai/gpt-4", "https://api.openai.com/v1", "OPENAI_API_KEY", null],
    ["openai/gpt-4", "https://eu.api.openai.com/v1", "OPENAI_API_KEY", null],
    ["openai/gpt-4", null, "OPENAI_API_KEY", null],
    ["gpt-4-turbo-preview", null, "OPENAI_API_KEY", null],
    ["llama3", "https://api.groq.com/openai/v1", "GROQ_API_KEY", null],
    ["openai/gpt-4", null, "GITHUB_TOKEN", "api_key"],
    ["openai/gpt-4", null, "KUBIYA_API_KEY", "api_key"],
    ["openai/gpt-4", "https://api.openai.com/v1", "GROQ_API_KEY", "api_key"],
    ["openai/gpt-4", "http://api.openai.com/v1", "OPENAI_API_KEY", "api_base"],
    ["openai/gpt-4", "https://api.openai.com.evil.example/v1", "OPENAI_API_KEY", "api_base"],
    ["openai/gpt-4", "https://evil.example/v1", null, "api_base"],
    ["openai/gpt-4", "http://127.0.0.1:8000/v1", null, "api_base"],
    ["hosted_vllm/x", "http://127.0.0.1:8000/v1", null, null],
    ["ollama/x", "http://localhost:11434", null, null],
    ["ollama/x", "http://ollama.internal:11434", null, "api_base"],
    ["groq/x", null, null, null],
    ["bedrock/x", "https://bedrock-runtime.eu-west-1.amazonaws.com", null, null],
    ["bedrock/x", "https://abc.execute-api.eu-west-1.amazonaws.com", null, "api_base"],
    ["azure/x", "https://mine.openai.azure.com", "AZURE_API_KEY", null],
    ["azure/x", "https://mine.azure-api.net", "AZURE_API_KEY", "api_base"],
    ["vertex_ai/x", "https://evil.example", null, "api_base"],
  ])("%s at %s with %s: %s", (model, api_base, variable, at) => {
    const api_key = variable === null ? null : `os.environ/${variable}`;
    const error = guard(configWith({ model, api_base, api_key }), ENV);
    expect(pathsOf(error)).toEqual(at === null ? [] : [`${MODEL}.${at}`]);
  });

  it.each([
    "https://api.groq.com@evil.example/v1",
    "https://evil.example/api.groq.com/openai/v1",
    "https://evil.example\\@api.openai.com",
    "https://api.openai.com#@evil.example",
    "https://api.openai.com?x=evil",
    "//evil.example",
    "HTTPS://evil.example/v1",
    "https://api.openai.com.",
    "https://[::ffff:10.0.0.1]/v1",
  ])("is not fooled by %s", (api_base) => {
    expect(guard(configWith({ api_base }), ENV)?.exitCode).toBeOneOf([4, 8]);
  });

  it("unless the user trusts the host", () => {
    const config = configWith({
      api_base: "https://llm.company.example/v1",
      api_key: "os.environ/TEAM_KEY",
    });
    expect(guard(config, ENV)?.exitCode).toBe(8);
    expect(guard(config, ENV, ["llm.company.example"])).toBeNull();
    expect(guard(config, ENV, ["*.company.example:443"])).toBeNull();
    expect(guard(config, ENV, ["*.company.example:8443"])?.exitCode).toBe(8);
    const own = configWith({
      api_base: "https://llm.company.example/v1",
      api_key: "os.environ/KUBIYA_API_KEY",
    });
    expect(guard(own, ENV, ["llm.company.example"])?.exitCode).toBe(8);
  });

  it("needs no home where there is no key", () => {
    const config = configWith({ api_base: "http://vllm.internal:8000/v1", api_key: null });
    expect(guard(config, {})).toBeNull();
  });
});
