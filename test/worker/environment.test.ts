import { describe, expect, it } from "vitest";

import { Secret } from "../../src/core/secret.ts";
import type { ProxyAccess, WorkerEnvironmentInput } from "../../src/worker/environment.ts";
import { buildWorkerEnvironment } from "../../src/worker/environment.ts";

const ACCESS: ProxyAccess = {
  url: "http://127.0.0.1:4321/",
  key: new Secret("sk-the-workers-own"),
  model: null,
  clientSet: {},
  clientUnset: [],
  hidden: [],
  hideEnv: [],
  keepEnv: [],
};

function build(
  inherited: Record<string, string | undefined>,
  access: Partial<ProxyAccess> | null = {},
) {
  return buildWorkerEnvironment(
    input({ inherited, access: access === null ? null : { ...ACCESS, ...access } }),
  );
}

function input(change: Partial<WorkerEnvironmentInput>): WorkerEnvironmentInput {
  const base = {
    inherited: {},
    adapter: "command",
    queueId: null,
    apiKey: null,
    controlPlaneUrl: null,
  } as const;
  return { ...base, access: null, ...change };
}

describe("without a proxy", () => {
  it("passes everything on, empty kept apart from unset", () => {
    const inherited = {
      PATH: "/bin",
      EMPTY: "",
      UNSET: undefined,
      LITELLM_API_BASE: "https://x",
      NO_PROXY: "a",
    };
    const { env, removed } = build(inherited, null);
    expect(env).toEqual({ PATH: "/bin", EMPTY: "", LITELLM_API_BASE: "https://x", NO_PROXY: "a" });
    expect(removed).toEqual([]);
  });

  it("tells the queue, the key and the control plane without its slash", () => {
    const { env } = buildWorkerEnvironment(
      input({
        inherited: { QUEUE_ID: "another", KUBIYA_API_KEY: "old" },
        queueId: "q1",
        apiKey: new Secret("kubiya-key"),
        controlPlaneUrl: "https://control.example/",
      }),
    );
    expect(env).toEqual({
      QUEUE_ID: "q1",
      KUBIYA_API_KEY: "kubiya-key",
      CONTROL_PLANE_URL: "https://control.example",
    });
  });

  it("leaves inherited ones alone when there is nothing to tell", () => {
    const inherited = { QUEUE_ID: "q", KUBIYA_API_KEY: "k", CONTROL_PLANE_URL: "u/" };
    expect(build(inherited, null).env).toEqual(inherited);
  });
});

describe("with a proxy", () => {
  it("sets the address without slash or version, the key, and nothing unasked", () => {
    expect(build({}).env).toEqual({
      LITELLM_API_BASE: "http://127.0.0.1:4321",
      LITELLM_API_KEY: "sk-the-workers-own",
      LITELLM_PROXY_API_BASE: "http://127.0.0.1:4321",
      LITELLM_PROXY_API_KEY: "sk-the-workers-own",
      LITELLM_LOCAL_MODEL_COST_MAP: "True",
      NO_PROXY: "127.0.0.1,localhost,::1",
      no_proxy: "127.0.0.1,localhost,::1",
    });
  });

  it("removes what leads past it, even if empty, and names what is gone", () => {
    const gone = {
      LITELLM_MASTER_KEY: "sk-1",
      LITELLM_API_BASE: "https://hosted",
      OPENAI_BASE_URL: "https://a",
      OPENAI_API_BASE: "https://b",
      ANTHROPIC_BASE_URL: "",
      ANTHROPIC_API_URL: "x",
      ANTHROPIC_API_KEY: "x",
      ANTHROPIC_AUTH_TOKEN: "x",
      ANTHROPIC_CUSTOM_HEADERS: "x",
      CLAUDE_CODE_USE_BEDROCK: "1",
      KUBIYA_MODEL_OVERRIDE: "m",
      SINGLE_EXECUTION: "true",
    };
    const kept = {
      OPENAI_API_KEY: "k",
      AWS_SESSION_TOKEN: "t",
      GOOGLE_APPLICATION_CREDENTIALS: "f",
      litellm_x: "y",
    };
    const { env, removed } = build({ ...gone, ...kept });
    expect(env).toMatchObject({ ...kept, LITELLM_API_BASE: "http://127.0.0.1:4321" });
    // LITELLM_API_BASE is set anew: it is not gone.
    const names = Object.keys(gone).filter((name) => name !== "LITELLM_API_BASE");
    expect(removed).toEqual(names.toSorted());
    for (const name of names) expect(env).not.toHaveProperty(name);
  });

  it("hides the keys that LiteLLM's configuration uses, and what the client must not see", () => {
    const inherited = { OPENAI_API_KEY: "a", MISTRAL_API_KEY: "b", OPENAI_ORG_ID: "c", OTHER: "d" };
    const access = {
      hidden: ["OPENAI_API_KEY"],
      clientUnset: ["OPENAI_ORG_ID"],
      clientSet: { OPENAI_API_KEY: "sk-w" },
    };
    const { env, removed } = build(inherited, access);
    expect(env).toMatchObject({ OPENAI_API_KEY: "sk-w", MISTRAL_API_KEY: "b", OTHER: "d" });
    expect(removed).toEqual(["OPENAI_ORG_ID"]);
  });

  it.each<[string, string[], string[], string[]]>([
    [
      "hide-env adds",
      ["AWS_*", "DATABASE_URL"],
      [],
      ["AWS_PROFILE", "AWS_REGION", "DATABASE_URL", "OPENAI_API_KEY"],
    ],
    ["keep-env spares", [], ["OPENAI_API_KEY"], []],
    ["an exact name beats a pattern", ["AWS_*"], ["AWS_REGION"], ["AWS_PROFILE", "OPENAI_API_KEY"]],
    ["a longer pattern beats a shorter", ["AWS_P*"], ["AWS_*"], ["AWS_PROFILE", "OPENAI_API_KEY"]],
    ["hiding wins a tie", ["AWS_*"], ["AWS_*"], ["AWS_PROFILE", "AWS_REGION", "OPENAI_API_KEY"]],
    ["a lone star means all", ["*"], ["AWS_*"], ["DATABASE_URL", "OPENAI_API_KEY"]],
  ])("%s", (_, hideEnv, keepEnv, expected) => {
    const inherited = { AWS_PROFILE: "p", AWS_REGION: "r", DATABASE_URL: "u", OPENAI_API_KEY: "k" };
    expect(build(inherited, { hideEnv, keepEnv, hidden: ["OPENAI_API_KEY"] }).removed).toEqual(
      expected,
    );
  });

  it("overrides the model when asked to, and tells the Kubiya worker not to send e-mail addresses", () => {
    expect(build({}, { model: "gpt-4o" }).env).toMatchObject({ KUBIYA_MODEL_OVERRIDE: "gpt-4o" });
    const { env } = buildWorkerEnvironment(input({ adapter: "kubiya-worker", access: ACCESS }));
    expect(env).toMatchObject({ KUBIYA_DISABLE_LANGFUSE_HEADERS: "true" });
    expect(buildWorkerEnvironment(input({ adapter: "kubiya-worker" })).env).toEqual({});
  });

  it.each<[string | undefined, string | undefined, string, string]>([
    ["", undefined, "127.0.0.1,localhost,::1", "127.0.0.1,localhost,::1"],
    [
      "corp.example",
      undefined,
      "corp.example,127.0.0.1,localhost,::1",
      "corp.example,127.0.0.1,localhost,::1",
    ],
    ["a", "b, localhost", "a,127.0.0.1,localhost,::1", "b, localhost,127.0.0.1,::1"],
    ["127.0.0.1,localhost,::1", "", "127.0.0.1,localhost,::1", "127.0.0.1,localhost,::1"],
    ["*", undefined, "*", "*"],
  ])("extends NO_PROXY %j and no_proxy %j by loopback", (upper, lower, NO_PROXY, no_proxy) => {
    expect(build({ NO_PROXY: upper, no_proxy: lower }).env).toMatchObject({ NO_PROXY, no_proxy });
  });
});
