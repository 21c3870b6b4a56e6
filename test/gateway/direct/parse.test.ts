import { describe, expect, it } from "vitest";
import { parse, parseOne, refusals } from "./parse.ts";

const BASE = { base_url: "https://up.example/v1", api_key: "sk-1" };

function allowed(models: unknown) {
  return parseOne({ ...BASE, allowed_models: models }).allowed;
}

describe("providers, as written", () => {
  it("fills every default", () => {
    const provider = parseOne(BASE);
    expect(provider).toMatchObject({
      name: "p",
      base: { origin: "https://up.example", root: "", version: "v1" },
      authHeader: null,
      allowsNoAuth: false,
      refresh: { everySeconds: null },
      retries: 0,
      endpoints: "all",
      dialect: "auto",
      compression: false,
      network: { connectMs: 10_000, readMs: 600_000, headers: [], tls: { verify: true, ca: null } },
    });
    expect(provider.apiKey?.reveal()).toBe("sk-1");
    expect(JSON.stringify(provider)).not.toContain("sk-1");
  });

  it("takes Llama Stack's block as it stands", () => {
    const section = {
      providers: {
        inference: [
          {
            provider_id: "pass",
            provider_type: "remote::passthrough",
            config: {
              base_url: "${env.PASSTHROUGH_URL}",
              api_key: "${env.PASSTHROUGH_API_KEY:=}",
              auth: "none",
            },
          },
        ],
      },
    };
    const { config } = parse(section, { PASSTHROUGH_URL: "https://up.example/v1" });
    expect(config.providers.get("pass")).toMatchObject({
      apiKey: null,
      base: { origin: "https://up.example" },
    });
    const list = parse(
      { providers: section.providers.inference },
      { PASSTHROUGH_URL: "https://up.example" },
    );
    expect([...list.config.providers.keys()]).toEqual(["pass"]);
    const named = { pass: { provider_type: "remote::passthrough", config: BASE } };
    expect(parse({ providers: named }).config.providers.get("pass")?.apiKey?.reveal()).toBe("sk-1");
  });

  it("takes Tracecat's agent block as it stands, with its provider's credential", () => {
    const { config } = parse({
      providers: { "custom-model-provider": { api_key: "sk-team" } },
      agents: {
        root: {
          model_name: "customer-alias",
          model_provider: "custom-model-provider",
          base_url: "https://customer-litellm.example/v1",
          passthrough: true,
        },
        analyst: {
          parent: "root",
          model_name: "child-alias",
          model_provider: "custom-model-provider",
          base_url: "https://child-litellm.example/v1",
          passthrough: true,
          api_key: "sk-child",
        },
      },
    });
    const [root, analyst] = config.agents;
    expect(root?.provider?.base?.origin).toBe("https://customer-litellm.example");
    expect(root?.provider?.apiKey?.reveal()).toBe("sk-team");
    expect(analyst?.provider?.base?.origin).toBe("https://child-litellm.example");
    expect(analyst?.provider?.apiKey?.reveal()).toBe("sk-child");
  });

  it.each([
    [undefined, null],
    [false, null],
    [true, 300],
    ["5m", 300],
    ["90", 90],
    [30, 30],
    ["1h30m", 5400],
    ["${env.UNSET:=10m}", 600],
    ["true", 300],
  ])("L4 refresh_models %j: %s s", (refresh_models, everySeconds) => {
    expect(parseOne({ ...BASE, refresh_models }).refresh).toEqual({ everySeconds });
  });

  it.each([
    [
      "litellm",
      "http://127.0.0.1:4000",
      "sidelite.providers.p.api_key: the provider p has no credential",
    ],
    ["vllm", "http://127.0.0.1:8000", null],
    ["ollama", "http://127.0.0.1:11434", null],
    ["generic", null, "sidelite.providers.p.api_key: the provider p has no credential"],
  ])("T23 preset %s", (type, origin, problem) => {
    const found = refusals({ providers: { p: { type } } });
    expect(found.includes(problem ?? "")).toBe(problem !== null);
    const provider = parseOne({
      type,
      api_key: "k",
      ...(origin === null && { base_url: "https://x" }),
    });
    expect(provider.base?.origin).toBe(origin ?? "https://x");
    expect(parseOne({ type, api_key: "k", base_url: "https://mine" }).base?.origin).toBe(
      "https://mine",
    );
  });

  it("L3 allowed_models: null is all, [] is none", () => {
    expect(allowed(null).matches("any")).toBe(true);
    expect(allowed([]).matches("any")).toBe(false);
    expect(allowed(["customer-*"]).matches("customer-1")).toBe(true);
    expect(allowed(["customer-*"]).matches("Customer-1")).toBe(false);
    expect(allowed(["a*b*c"]).matches("aXbYc")).toBe(true);
    expect(allowed(["a*b*c"]).matches("abXc")).toBe(true);
    expect(allowed(["a*b"]).matches("a")).toBe(false);
    expect(allowed(["a.c"]).matches("abc")).toBe(false);
    expect(allowed(["*".repeat(200) + "x"]).matches("a".repeat(10_000))).toBe(false);
  });
});

describe("L17 ${env}", () => {
  const env = { URL: "https://up.example", KEY: "0012345", DIR: "/certs", N: "7" };

  it("replaces in every kind of field, and text stays text", () => {
    const provider = parseOne(
      {
        base_url: "${env.URL}/${env.UNSET:=v2}",
        api_key: "os.environ/KEY",
        retries: "${env.UNSET:=3}",
        compression: "${env.N:+true}",
        allowed_models: ["${env.N}-*", "${env.UNSET:=}"],
        network: {
          timeout: { connect: "${env.N}" },
          tls: { verify: "${env.DIR}/ca.pem" },
          headers: { "X-A": "a ${env.N} ${env.N:+b}" },
        },
      },
      env,
    );
    expect(provider.base).toMatchObject({ origin: "https://up.example", version: "v2" });
    expect(provider.apiKey?.reveal()).toBe("0012345");
    expect(provider).toMatchObject({ retries: 3, compression: true });
    expect(provider.allowed.matches("7-x")).toBe(true);
    expect(provider.network).toMatchObject({
      connectMs: 7000,
      readMs: 600_000,
      tls: { verify: true, ca: "/certs/ca.pem" },
      headers: [["X-A", "a 7 b"]],
    });
  });

  it.each([["env:KEY"], ["os.environ/KEY"], ["${env.KEY}"]])("%s is a key", (api_key) => {
    expect(parseOne({ ...BASE, api_key }, env).apiKey?.reveal()).toBe("0012345");
  });

  it("reports unset names and look-alikes with their paths, all at once", () => {
    const fields = {
      base_url: "${env.NO_URL}",
      api_key: "${KEY}",
      auth_header: "${env.lower}",
      models: ["${env.A:-b}"],
    };
    expect(refusals({ providers: { p: fields } }, env)).toEqual([
      "sidelite.providers.p.api_key: ${KEY} is not a reference that is replaced",
      "sidelite.providers.p.base_url: the variable NO_URL is unset or empty",
      "sidelite.providers.p.auth_header: ${env.lower} is not a reference that is replaced",
      "sidelite.providers.p.models[0]: ${env.A:-...} is not a reference that is replaced",
    ]);
  });

  it("L18 a disabled provider needs none of its variables", () => {
    const needs = { base_url: "${env.NO_URL}", api_key: "${env.NO_KEY}" };
    const { config } = parse(
      {
        providers: {
          off: { enabled: "${env.UNSET:+true}", ...needs },
          no: { enabled: false, ...needs },
          __disabled__: needs,
          on: { enabled: "${env.N:+true}", ...BASE },
          id: { provider_id: "${env.UNSET:+id}", ...needs },
          old: { provider_id: "__disabled__", provider_type: "remote::passthrough", config: needs },
        },
        agents: {
          a: { model_name: "m", provider: "off", passthrough: true, api_key: "${env.NO_KEY}" },
        },
      },
      env,
    );
    expect([...config.providers.keys()]).toEqual(["on"]);
    expect(config.disabledProviders).toEqual(["off", "no", "id", "old"]);
    expect(config.agents).toMatchObject([{ name: "a", isDisabled: true, provider: null }]);
    const list = [
      { provider_id: "${env.UNSET:+x}", provider_type: "remote::passthrough", config: needs },
    ];
    expect(parse({ providers: list }, env).config.providers.size).toBe(0);
  });
});
