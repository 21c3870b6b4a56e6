import { describe, expect, it } from "vitest";
import { isHostPattern, isLoopback, matchesHost } from "../../src/core/host-pattern.ts";

describe("a host pattern", () => {
  it.each([
    ["api.example.com", "https://api.example.com/v1", true],
    ["API.example.com", "https://api.EXAMPLE.com", true],
    ["api.example.com", "https://xapi.example.com", false],
    ["api.example.com", "https://api.example.com.evil.org", false],
    ["api.example.com", "https://api.example.com.", false],
    ["apixexample.com", "https://api.example.com", false],
    ["*.example.com", "https://a.example.com", true],
    ["*.example.com", "https://a.b.example.com", true],
    ["*.example.com", "https://example.com", false],
    ["*.example.com", "https://evilexample.com", false],
    ["run.*.amazonaws.com", "https://run.eu-west-1.amazonaws.com", true],
    ["run.*.amazonaws.com", "https://run.a.b.amazonaws.com", false],
    ["*-ai.example.com", "https://eu-ai.example.com", true],
    ["*-ai.example.com", "https://evil.org/eu-ai.example.com", false],
    ["host.example:8443", "https://host.example:8443", true],
    ["host.example:8443", "https://host.example", false],
    ["host.example:443", "https://host.example", true],
    ["host.example:80", "http://host.example", true],
    ["host.example", "https://host.example:9", true],
    ["[::1]", "http://[::1]:80", true],
    ["[::1]:8000", "http://[::1]:8000", true],
    ["[::1]:8000", "http://[::1]:8001", false],
  ])("%s and %s: %s", (pattern, url, expected) => {
    expect(matchesHost(new URL(url), [pattern])).toBe(expected);
    expect(isHostPattern(pattern)).toBe(true);
  });

  it.each([
    "*",
    "*.com",
    "*.*",
    "https://x.example",
    "x/y",
    "a b",
    "",
    ".x",
    "x.",
    "a..b",
    "-a.b",
    "x:",
    "x:123456",
    "[::1",
    "a@b.c",
  ])("%j is none", (text) => {
    expect(isHostPattern(text)).toBe(false);
  });
});

describe("loopback", () => {
  it.each([
    ["http://127.0.0.1", true],
    ["http://127.255.0.3:1", true],
    ["http://localhost", true],
    ["http://[::1]", true],
    ["http://0x7f.1", true], // the parser makes it 127.0.0.1
    ["http://127.0.0.1.nip.io", false],
    ["http://localhost.evil.org", false],
    ["http://0.0.0.0", false],
    ["http://[::ffff:10.0.0.1]", false],
  ])("%s: %s", (url, expected) => {
    expect(isLoopback(new URL(url))).toBe(expected);
  });
});
