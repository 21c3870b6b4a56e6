import { describe, expect, it } from "vitest";
import { UserError } from "../../../src/core/errors.ts";
import { line, parse, refusals } from "./parse.ts";

const BASE = { base_url: "https://up.example/v1", api_key: "sk-1" };

describe("bad input", () => {
  it("says every problem, each with path and place, in one error", () => {
    const section = {
      providers: {
        p: {
          base_url: "user:pw@x/v1",
          api_kye: "k",
          retries: 99,
          endpoints: ["chat", "nothing"],
          dialect: "german",
          refresh_models: "soon",
          allow_request_url: true,
          network: { timeout: 0, tls: { min_version: "SSLv3", client_cert: "c.pem" }, extra: 1 },
        },
        "a/b": BASE,
        n: { ...BASE, api_key: 12345, network: { timeout: { connect: -1, read: "x" } } },
        s: "text",
      },
      agents: {
        a: { model_name: "m", provider: "q", passthrough: true, parent: "a" },
        b: { passthrough: true, parent: "aa" },
        "c::d": { model_name: "m", passthrough: true, provider: "n" },
      },
    };
    const found = refusals(section).map((problem) => problem.replace("sidelite.", ""));
    expect(found).toEqual(
      expect.arrayContaining([
        "providers.p.base_url: is not a URL: it lacks http:// or https://",
        'providers.p.api_kye: unknown key "api_kye"',
        "providers.p.retries: must be a whole number from 0 to 10",
        "providers.p.endpoints: must be all, openai, or a list of: chat, completions, embeddings, models, responses, messages, audio",
        "providers.p.dialect: must be auto, openai, anthropic",
        "providers.p.refresh_models: must be true or false",
        "providers.p.allow_request_url: must be the list of hosts that a request may name",
        "providers.p.network.timeout: must be more than 0 and at most 86400 seconds",
        "providers.p.network.tls.min_version: must be TLSv1.2, TLSv1.3",
        "providers.p.network.tls.client_cert: needs client_key too",
        'providers.p.network.extra: unknown key "extra"',
        'providers["a/b"]: "a/b" is not a name for a provider',
        "providers.n.api_key: must be text, not a number",
        "providers.n.network.timeout.connect: must be more than 0 and at most 86400 seconds",
        "providers.n.network.timeout.read: must be a number",
        "providers.s: must be a mapping, not a string",
        "agents.a.provider: there is no provider q",
        "agents.a.parent: is the agent itself",
        "agents.b.model_name: is missing",
        "agents.b.parent: there is no agent aa",
        'agents["c::d"]: is not a name for an agent',
      ]),
    );
  });

  it("has place and remedy", () => {
    const error = (() => {
      try {
        return parse({ providers: { p: { ...BASE, allowed_model: [] } } });
      } catch (caught) {
        return caught;
      }
    })();
    expect(error).toBeInstanceOf(UserError);
    expect(error).toMatchObject({
      exit: "usage",
      problems: [
        {
          path: "sidelite.providers.p.allowed_model",
          place: { source: "litellm.yaml", line: 4 },
          remedy: "did you mean allowed_models?",
        },
      ],
    });
  });

  it("a model string has one owner: a duplicate names both", () => {
    const root = { model_name: "m", provider: "p", passthrough: true };
    expect(refusals({ providers: { p: BASE }, agents: { one: root, two: root } })).toEqual([
      "sidelite.agents.two.model_name: the agents one and two have the same key m",
    ]);
    const scoped = { ...root, model_name: "m::agent::sub" };
    const agents = { one: root, sub: { ...root, parent: "one" }, three: scoped };
    expect(refusals({ providers: { p: BASE }, agents })).toEqual([
      "sidelite.agents.three.model_name: the agents sub and three have the same key m::agent::sub",
    ]);
    expect(
      refusals({
        providers: { p: BASE },
        agents: { one: root, two: { ...root, passthrough: false } },
      }),
    ).toEqual([]);
  });

  it.each([
    [
      "two without a credential",
      { p: { base_url: "https://x" }, q: { base_url: "https://y", api_key: "" } },
      2,
    ],
    ["auth: none", { p: { base_url: "https://x", auth: "none" } }, 0],
    [
      "a forwarded credential",
      { p: { base_url: "https://x", forward_headers: { t: "Authorization" } } },
      0,
    ],
    [
      "a forwarded header that is none",
      { p: { base_url: "https://x", forward_headers: { t: "X-T" } } },
      1,
    ],
    [
      "a fixed credential",
      { p: { base_url: "https://x", network: { headers: { "X-Api-Key": "k" } } } },
      0,
    ],
  ])("no credential at all is an error at start: %s", (_, providers, count) => {
    expect(refusals({ providers })).toHaveLength(count);
  });

  it("warns loudly of tls.verify: false, and of a key that goes to another host", () => {
    const { problems } = parse({
      providers: { p: { ...BASE, network: { tls: { verify: false } } } },
      agents: {
        a: {
          model_name: "m",
          model_provider: "p",
          base_url: "https://other.example",
          passthrough: true,
        },
      },
    });
    expect(problems.map(line)).toEqual([
      expect.stringContaining("network.tls.verify: certificates of this provider are NOT checked"),
      "sidelite.agents.a.base_url: the key of the provider p goes to another host than the provider's",
    ]);
  });

  it("never shows a value that came from a variable", () => {
    const env = { CANARY: "sk-canary-value\n" };
    const fields = {
      base_url: "${env.CANARY}",
      api_key: "${env.CANARY}",
      network: { proxy: { url: "${env.CANARY}" } },
    };
    const found = refusals({ providers: { p: { ...fields, retries: "${env.CANARY}" } } }, env);
    expect(found.length).toBeGreaterThan(3);
    expect(found.join()).not.toContain("canary");
  });
});
