import { describe, expect, it } from "vitest";

import { UpstreamFailure, UpstreamUnavailable } from "../../src/core/upstream.ts";
import { renderAccess } from "../../src/gateway/access-log.ts";
import { dialectOf, renderError } from "../../src/gateway/dialect.ts";
import { refusalOf } from "../../src/gateway/failure.ts";
import { readHead } from "../../src/gateway/head.ts";
import { renderModels } from "../../src/gateway/models.ts";
import { Refusal } from "../../src/gateway/refusal.ts";

describe("errors in the client's dialect", () => {
  const dialect = (path: string, ...raw: string[]) => dialectOf(readHead("POST", path, raw));

  it("is told by path or header", () => {
    expect(dialect("/v1/chat/completions")).toBe("openai");
    expect(dialect("/v1/messages")).toBe("anthropic");
    expect(dialect("/v1/models", "anthropic-version", "2023-06-01")).toBe("anthropic");
    expect(dialect("/v1beta/models/x:generateContent")).toBe("google");
    expect(dialect("/models/x:countTokens")).toBe("google");
  });

  it("has OpenAI's, Anthropic's and Google's shape", () => {
    const refusal = new Refusal("unavailable", "LiteLLM restarts", 5);
    const parse = (name: "openai" | "anthropic" | "google"): unknown =>
      JSON.parse(renderError(refusal, name, "id-1").body);
    expect(parse("openai")).toEqual({
      error: {
        message: "LiteLLM restarts",
        type: "api_error",
        param: null,
        code: "unavailable",
        request_id: "id-1",
      },
    });
    expect(parse("anthropic")).toEqual({
      type: "error",
      error: { type: "overloaded_error", message: "LiteLLM restarts" },
      request_id: "id-1",
    });
    expect(parse("google")).toMatchObject({ error: { code: 503, status: "UNAVAILABLE" } });
  });

  it("says when to try again, or who to be", () => {
    const { status, headers } = renderError(new Refusal("unavailable", "x", 7), "openai", "i");
    expect(status).toBe(503);
    expect(headers.join()).toContain("retry-after,7,x-should-retry,true");
    const missing = renderError(new Refusal("unauthenticated", "x"), "openai", "i");
    expect(missing.headers).toContain("www-authenticate");
    expect(missing.headers).not.toContain("retry-after");
  });
});

describe("failures", () => {
  it("are told without their inner words", () => {
    expect(refusalOf(new UpstreamUnavailable("given up", 9))).toMatchObject({
      kind: "unavailable",
      message: "given up",
      retryAfter: 9,
    });
    expect(refusalOf(new UpstreamFailure(504, "read_timeout", "slow"))).toMatchObject({
      kind: "gateway-timeout",
      code: "read_timeout",
    });
    expect(refusalOf(new UpstreamFailure(502, "tls_untrusted", "no"))).toMatchObject({
      kind: "bad-gateway",
    });
    const internal = refusalOf(new TypeError("secret sk-123 in here"));
    expect([internal.kind, internal.message.includes("sk-123")]).toEqual(["internal", false]);
    const reset = Object.assign(new Error("read ECONNRESET"), { syscall: "read" });
    expect(refusalOf(reset).kind).toBe("unavailable");
  });
});

describe("the access line", () => {
  const record = {
    id: "ab-1",
    principal: "worker",
    method: "POST",
    path: "/v1/messages",
    model: "claude",
    status: 200,
    ms: 12.345,
    bytesIn: 10,
    bytesOut: 20,
    cut: null,
  };

  it("holds what the design lists", () => {
    expect(renderAccess(record)).toBe(
      "access ab-1 worker POST /v1/messages model=claude 200 12.3ms in=10 out=20",
    );
    expect(renderAccess({ ...record, principal: null, model: null, cut: "client" })).toBe(
      "access ab-1 - POST /v1/messages model=- 200 12.3ms in=10 out=20 cut=client",
    );
  });

  it("is one line, whatever the client writes", () => {
    const line = renderAccess({
      ...record,
      model: "a\nforged \u001b[31m\u2028line",
      path: "/\u00e9",
    });
    expect(line).toMatch(/^[ -~]+$/);
    expect(renderAccess({ ...record, model: "m".repeat(1_000) }).length).toBeLessThan(400);
  });
});

it("lists models as OpenAI does", () => {
  expect(JSON.parse(renderModels(["a", "b"]))).toMatchObject({
    object: "list",
    data: [
      { id: "a", object: "model" },
      { id: "b", object: "model" },
    ],
  });
});
