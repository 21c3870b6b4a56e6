import { describe, expect, it } from "vitest";

import { buildPathRules } from "../../src/gateway/paths.ts";

const rules = buildPathRules(["/v1/files/*", "/custom/exact"]);

describe("inference and model lists", () => {
  it.each([
    "chat/completions",
    "completions",
    "embeddings",
    "responses",
    "messages",
    "messages/count_tokens",
    "moderations",
    "rerank",
    "realtime",
    "audio/speech",
    "audio/transcriptions",
    "images/generations",
    "images/edits",
  ])("%s, with and without /v1", (tail) => {
    expect(rules.match(`/v1/${tail}`)?.kind).toBe("inference");
    expect(rules.match(`/${tail}`)).toEqual(rules.match(`/v1/${tail}`));
  });

  it("knows the lists of models", () => {
    expect([rules.match("/models")?.kind, rules.match("/v1/models")?.kind]).toEqual([
      "models",
      "models",
    ]);
  });

  it.each([
    ["/openai/deployments/gpt-4o/chat/completions", "gpt-4o"],
    ["/openai/deployments/my%20model/embeddings", "my model"],
    ["/openai/deployments/a/b/audio/transcriptions", "a/b"],
    ["/v1beta/models/gemini-2.0:generateContent", "gemini-2.0"],
    ["/models/openai%2Fgpt-4o:streamGenerateContent", "openai/gpt-4o"],
    ["/v1/models/openai/gpt-4o", "openai/gpt-4o"],
    ["/v1/models/gpt-4o", "gpt-4o"],
    ["/v1/models/%C3%A9", "\u00e9"],
  ])("reads the model out of %s", (path, model) => {
    expect(rules.match(path)).toMatchObject({ kind: "inference", model });
  });

  it("takes forms only where a file is meant", () => {
    expect(rules.match("/v1/audio/transcriptions")?.form).toBe(true);
    expect(rules.match("/openai/deployments/x/audio/transcriptions")?.form).toBe(true);
    expect(rules.match("/v1/chat/completions")?.form).toBe(false);
  });

  it("adds what the user allows", () => {
    expect(rules.match("/v1/files/abc/content")?.kind).toBe("extra");
    expect(rules.match("/custom/exact")?.kind).toBe("extra");
    expect([rules.match("/v1/files"), rules.match("/custom/exact/more")]).toEqual([null, null]);
  });
});

describe("everything else, and every other way of writing it", () => {
  it.each([
    "/",
    "",
    "/v1",
    "/ui",
    "/docs",
    "/openapi.json",
    "/key/generate",
    "/model/new",
    "/health",
    "/metrics",
    "/config/update",
    "/openai/v1/files",
    "/openai/deployments/x/files",
    "/anthropic/v1/messages",
    "/v1models/x",
    "/v1/chat/completions/",
    "//v1/chat/completions",
    "/v1//chat/completions",
    "/v1/chat/./completions",
    "/v1/chat/../chat/completions",
    "/v1/models/..",
    "/v1/models/../key/generate",
    "/v1/models/%2e%2e/key/generate",
    "/v1/models/%2E%2E%2Fkey%2Fgenerate",
    "/v1/models/..%2fkey/generate",
    "/v1/models/%252e%252e/key/generate",
    "/v1/models/a%5c..%5ckey",
    "/v1/models/a\\..\\key",
    "/v1/models/a;b",
    "/v1/models/a%3Bb",
    "/v1/models/a%00",
    "/v1/models/a%0d%0aX",
    "/v1/models/a%7f",
    "/v1/models/%c0%ae%c0%ae/key",
    "/v1/models/%e0%80%ae/key",
    "/v1/models/%u002e",
    "/v1/models/%",
    "/v1/models/a#b",
    "/v1/models/a%23b",
    "/v1/models/a%3Fb",
    "/V1/chat/completions",
    "/v1/Chat/Completions",
    "/V1/MODELS",
    "/v1/files/../../key",
    "/v1/files/%2e%2e/key",
    "/v1/files/a//b",
    "v1/models",
    "*",
  ])("refuses %j", (path) => {
    expect(rules.match(path)).toBeNull();
  });
});
