import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { BaseUrl } from "../../../src/gateway/direct/base-url.ts";
import { joinPath, modelsUrl, parseBaseUrl } from "../../../src/gateway/direct/base-url.ts";

function base(text: string): BaseUrl {
  const parsed = parseBaseUrl(text);
  if ("problem" in parsed) throw new Error(parsed.problem);
  return parsed.base;
}

function url(text: string, path: string): string {
  const parsed = base(text);
  return parsed.origin + joinPath(parsed, path);
}

describe("T6 L1 base_url: the final URL", () => {
  it.each([
    // Tracecat's own example, and the spellings that mean the same.
    ["https://gateway.example/v1", "/v1/messages", "https://gateway.example/v1/messages"],
    ["https://gateway.example/v1/", "/v1/messages", "https://gateway.example/v1/messages"],
    ["https://gateway.example", "/v1/messages", "https://gateway.example/v1/messages"],
    ["https://gateway.example/", "/v1/messages", "https://gateway.example/v1/messages"],
    ["https://gateway.example//v1//", "/v1/messages", "https://gateway.example/v1/messages"],
    // A prefix stays.
    [
      "https://x.example/team/llm/v1",
      "/v1/chat/completions",
      "https://x.example/team/llm/v1/chat/completions",
    ],
    ["https://x.example/team", "/v1/models", "https://x.example/team/v1/models"],
    // The base's other version replaces v1, and only v1.
    [
      "https://x.example/api/paas/v4",
      "/v1/chat/completions",
      "https://x.example/api/paas/v4/chat/completions",
    ],
    ["https://x.example/v3", "/v1/embeddings", "https://x.example/v3/embeddings"],
    ["https://x.example/v1beta", "/v1/models", "https://x.example/v1beta/models"],
    ["https://x.example/v1beta2", "/v1/models", "https://x.example/v1beta2/models"],
    ["https://x.example/v1", "/v2/rerank", "https://x.example/v2/rerank"],
    ["https://x.example/v3", "/v2/rerank", "https://x.example/v2/rerank"],
    [
      "https://x.example/v1",
      "/v1beta/models/g:generateContent",
      "https://x.example/v1beta/models/g:generateContent",
    ],
    ["https://x.example/V1", "/v1/models", "https://x.example/v1/models"],
    // A path without version gets the base's, else v1.
    ["https://x.example/v1", "/chat/completions", "https://x.example/v1/chat/completions"],
    ["https://x.example", "/chat/completions", "https://x.example/v1/chat/completions"],
    ["https://x.example/v4", "/chat/completions", "https://x.example/v4/chat/completions"],
    ["https://x.example/v1", "//v1/messages", "https://x.example/v1/messages"],
    ["https://x.example/v1", "/v1", "https://x.example/v1"],
    ["https://x.example/v4", "/v1", "https://x.example/v4"],
    ["https://x.example/v1", "/", "https://x.example/v1"],
    ["https://x.example/video", "/v1/models", "https://x.example/video/v1/models"],
    // Hosts, ports, addresses.
    ["http://127.0.0.1:8000/v1", "/v1/models", "http://127.0.0.1:8000/v1/models"],
    ["http://[::1]:8000", "/v1/models", "http://[::1]:8000/v1/models"],
    ["https://X.Example:443/v1", "/v1/models", "https://x.example/v1/models"],
    // Queries: the base's are defaults.
    [
      "https://x.example/v1?api-version=1",
      "/v1/models",
      "https://x.example/v1/models?api-version=1",
    ],
    ["https://x.example/v1", "/v1/messages?beta=true", "https://x.example/v1/messages?beta=true"],
    ["https://x.example/v1?a=1&b=2", "/v1/m?b=3&c=%20", "https://x.example/v1/m?b=3&c=%20&a=1"],
  ])("%s + %s", (text, path, expected) => {
    expect(url(text, path)).toBe(expected);
  });

  it("never touches the host and never doubles the version", () => {
    const version = fc.constantFrom("", "/v1", "/v1/", "/v4", "/v1beta", "/a/b/v1");
    const path = fc.constantFrom(
      "/v1/messages",
      "/chat/completions",
      "//evil.example/v1",
      "/v1/@evil.example",
    );
    fc.assert(
      fc.property(version, path, (suffix, target) => {
        const result = new URL(url(`https://h.example${suffix}`, target));
        expect(result.host).toBe("h.example");
        expect(result.pathname).not.toMatch(/\/v\d+[a-z]*\/v1(\/|$)/);
      }),
    );
  });

  it.each([
    ["https://x.example", "https://x.example/v1/models"],
    ["https://x.example/v1", "https://x.example/v1/models"],
    ["https://x.example/p/v4?k=1", "https://x.example/p/v4/models?k=1"],
  ])("%s lists its models at %s", (text, expected) => {
    expect(modelsUrl(base(text))).toBe(expected);
  });
});

describe("T6 L1 base_url: what is accepted", () => {
  it.each([
    ["https://x.example/v1/chat/completions", "/chat/completions"],
    ["https://x.example/v1/messages/", "/messages"],
    ["https://x.example/v1/models", "/models"],
    ["https://x.example/v1/audio/speech", "/audio/speech"],
  ])("%s loses its endpoint, with a notice", (text, tail) => {
    const parsed = parseBaseUrl(text);
    expect(parsed).toMatchObject({ base: { root: "", version: "v1" } });
    expect(JSON.stringify(parsed)).toContain(`the endpoint ${tail} is left out`);
  });

  it.each([
    ["localhost:8000/v1", "lacks http"],
    ["gateway.example/v1", "lacks http"],
    ["gateway.example:8443", "lacks http"],
    ["", "lacks http"],
    ["ftp://x.example/v1", "uses ftp:"],
    ["file:///etc/passwd", "uses file:"],
    ["https://user:pass@x.example/v1", "user name or password"],
    ["https://user@x.example/v1", "user name or password"],
    ["https://x.example/v1#frag", "fragment"],
    ["https://x.example/v1#", "fragment"],
    ["https://", "not a valid URL"],
    ["https://x y/v1", "not a valid URL"],
  ])("%j is refused: %s", (text, problem) => {
    const parsed = parseBaseUrl(text);
    expect("problem" in parsed && parsed.problem).toContain(problem);
    // The text may have come from a variable.
    expect(JSON.stringify(parsed)).not.toContain("pass@");
  });
});
