// What each client reads, and which client a command brings along.
import { describe, expect, it } from "vitest";
import {
  CLIENT_NAMES,
  clientHint,
  clientVariables,
  detectClients,
} from "../../src/litellm/clients.ts";

const URL = "http://127.0.0.1:4321";
const variables = (client: (typeof CLIENT_NAMES)[number], model: string | null = null) =>
  clientVariables(client, URL, "sk-key", model);

describe("clientVariables", () => {
  it("litellm", () => {
    expect(variables("litellm").set).toEqual({
      LITELLM_API_BASE: URL,
      LITELLM_API_KEY: "sk-key",
      LITELLM_PROXY_API_BASE: URL,
      LITELLM_PROXY_API_KEY: "sk-key",
    });
  });

  it("openai has /v1 in its address", () => {
    const { set, unset } = variables("openai");
    expect(set).toEqual({
      OPENAI_BASE_URL: `${URL}/v1`,
      OPENAI_API_BASE: `${URL}/v1`,
      OPENAI_API_KEY: "sk-key",
    });
    expect(unset).toEqual(expect.arrayContaining(["OPENAI_ORG_ID", "OPENAI_PROJECT_ID"]));
    expect(variables("openai", "m").set).toMatchObject({ OPENAI_MODEL: "m" });
  });

  it("anthropic has none", () => {
    const { set, unset } = variables("anthropic", "m");
    expect(set).toEqual({
      ANTHROPIC_BASE_URL: URL,
      ANTHROPIC_API_URL: URL,
      ANTHROPIC_AUTH_TOKEN: "sk-key",
      ANTHROPIC_MODEL: "m",
    });
    expect(unset).toContain("ANTHROPIC_API_KEY");
  });

  it("azure and google", () => {
    const azure = { AZURE_OPENAI_ENDPOINT: URL, AZURE_OPENAI_API_KEY: "sk-key" };
    expect(variables("azure").set).toEqual(azure);
    const google = { GOOGLE_GEMINI_BASE_URL: URL, GEMINI_API_KEY: "sk-key" };
    expect(variables("google").set).toEqual(google);
  });

  it("sets nothing that it unsets", () => {
    for (const client of CLIENT_NAMES) {
      const { set, unset } = variables(client, "m");
      expect(unset.filter((name) => name in set)).toEqual([]);
    }
  });
});

describe("detectClients", () => {
  const defaults = ["litellm", "openai", "anthropic"];
  it.each([
    [["claude"], ["litellm", "anthropic"]],
    [
      ["/usr/local/bin/claude", "-p", "hi"],
      ["litellm", "anthropic"],
    ],
    [["codex.cmd"], ["litellm", "openai"]],
    [
      ["npx", "-y", "@anthropic-ai/claude-code@1.2.3"],
      ["litellm", "anthropic"],
    ],
    [["env", "X=1", "aider"], defaults],
    [["uv", "tool", "run", "aider-chat"], defaults],
    [["gemini"], ["litellm", "google"]],
    [["python", "claude.py"], defaults],
    [["npx"], defaults],
    [["toString"], defaults],
    [[], defaults],
  ])("%j -> %j", (command, expected) => {
    expect(detectClients(command)).toEqual(expected);
  });

  it("knows that codex needs options", () => {
    expect(clientHint(["codex", "exec"], URL)).toContain(`base_url="${URL}/v1"`);
    expect(clientHint(["claude"], URL)).toBe(null);
  });
});
