import { describe, expect, it } from "vitest";
import { isCountTokens, isEventLogging } from "../../../src/gateway/direct/claude-code.ts";
import { isEndpointAllowed, isEscapingPath } from "../../../src/gateway/direct/endpoints.ts";
import { changeModels, parseModelList } from "../../../src/gateway/direct/model-list.ts";
import { parseOne } from "./parse.ts";

function endpoints(value: unknown) {
  return parseOne({ base_url: "https://x", api_key: "k", endpoints: value }).endpoints;
}

describe("L22 endpoints", () => {
  it.each([
    ["all", "/anything/at/all", true],
    ["openai", "/v1/chat/completions", true],
    ["openai", "/chat/completions", true],
    ["openai", "/v1/completions", true],
    ["openai", "/v1/embeddings", true],
    ["openai", "/v1/models", true],
    ["openai", "/v1/models/x", true],
    ["openai", "/v1/responses", true],
    ["openai", "/v1/messages", true],
    ["openai", "/v1/messages/count_tokens", true],
    ["openai", "/v1/audio/speech", true],
    ["openai", "/v1/files", false],
    ["openai", "/v1/chat/completions-x", false],
    ["openai", "/admin/chat/completions", false],
    [["chat"], "/v1/chat/completions", true],
    [["chat"], "/v1/embeddings", false],
  ])("%j and %s: %s", (value, path, expected) => {
    expect(isEndpointAllowed(path, endpoints(value))).toBe(expected);
  });
});

describe("a path cannot climb out of the provider's root", () => {
  it.each([
    "/v1/../admin",
    "/v1/..",
    "/v1/%2e%2e/admin",
    "/v1/%2E./admin",
    "/v1/..;/admin",
    "/v1/.%2e%2fadmin",
    "/v1\\..\\admin",
    "/v1/./x",
    "/v1/%2f..%2fadmin",
    "/v1/x%00",
  ])("%s", (path) => {
    expect(isEscapingPath(path)).toBe(true);
  });

  it.each(["/v1/models/gpt-4.1", "/v1/x..y", "/v1/...", "/v1/files/a.b", "/v1/messages"])(
    "%s is fine",
    (path) => {
      expect(isEscapingPath(path)).toBe(false);
    },
  );
});

describe("T20 Claude Code's own calls", () => {
  it.each([
    ["/api/event_logging/batch", true],
    ["/v1/api/event_logging/batch", true],
    ["/api/event_logging", true],
    ["/v1/messages", false],
    ["/api/event_logging_x", false],
  ])("%s is telemetry: %s", (path, expected) => {
    expect(isEventLogging(path)).toBe(expected);
  });

  it.each([
    ["/v1/messages/count_tokens", true],
    ["/messages/count_tokens", true],
    ["/v1/messages", false],
  ])("%s counts tokens: %s", (path, expected) => {
    expect(isCountTokens(path)).toBe(expected);
  });
});

describe("L4 what /models says", () => {
  it.each([
    ['{"object":"list","data":[{"id":"b"},{"id":"a"},{"id":"b"}]}', ["a", "b"]],
    ['{"models":[{"name":"llama3:8b"}]}', ["llama3:8b"]],
    ['["x"]', ["x"]],
    ['{"data":[]}', []],
    ['{"data":null}', null],
    ['{"data":[{"id":""}]}', null],
    ['{"data":[{"id":7}]}', null],
    ['{"data":[{"id":"a\\nb"}]}', null],
    [`{"data":[{"id":"${"x".repeat(257)}"}]}`, null],
    ["<html>", null],
    ["", null],
    ['{"error":{}}', null],
  ])("%s", (text, expected) => {
    expect(parseModelList(text)).toEqual(expected);
  });

  it("T13 says what was added, removed and kept", () => {
    expect(changeModels(["a", "b"], ["b", "c"], false)).toEqual({
      models: ["b", "c"],
      added: ["c"],
      removed: ["a"],
      kept: ["b"],
    });
  });

  it("never becomes empty unless that is asked for", () => {
    expect(changeModels(["a"], [], false)).toBeNull();
    expect(changeModels(["a"], [], true)).toMatchObject({ models: [], removed: ["a"] });
    expect(changeModels([], [], false)).toMatchObject({ models: [] });
  });
});
