import { describe, expect, it } from "vitest";

import { checkRequest, ownHosts } from "../../src/gateway/guard.ts";
import { readHead } from "../../src/gateway/head.ts";
import { planHeaders, planResponseHeaders } from "../../src/gateway/header-plan.ts";

const own = ["Host", "127.0.0.1:4000"];
const read = (...raw: string[]) => readHead("POST", "/v1/messages?beta=true", [...own, ...raw]);

describe("facts of a head", () => {
  it("reads what the gateway decides by", () => {
    const head = read(
      ...["Content-Type", "Application/JSON; charset=utf-8", "CONTENT-LENGTH", "12"],
      ...["Authorization", "bEaReR  one ", "X-Api-Key", "two", "api-key", "three"],
      ...["x-goog-api-key", "four", "Sec-Fetch-Site", "None", "anthropic-version", "2023-06-01"],
    );
    expect(head).toMatchObject({
      path: "/v1/messages",
      host: "127.0.0.1:4000",
      mediaType: "application/json",
      contentLength: 12,
      chunked: false,
      keys: ["one", "two", "three", "four"],
      fetchSite: "none",
      origin: false,
      anthropic: true,
      problem: null,
    });
  });

  it("takes no other scheme than Bearer for a key", () => {
    expect(read("Authorization", "Basic c2std29ya2Vy").keys).toEqual([]);
  });

  it("has no host when it is repeated or missing", () => {
    expect(read("host", "127.0.0.1:4000").host).toBeNull();
    expect(readHead("GET", "/", []).host).toBeNull();
  });
});

describe("headers that go on", () => {
  it("are the end-to-end ones, as they came", () => {
    const head = read(
      ...["X-Stainless-Lang", "js", "Accept-Encoding", "gzip", "Content-Type", "text/x"],
      ...["Connection", "keep-alive", "Keep-Alive", "timeout=5", "TE", "trailers"],
      ...[
        "Transfer-Encoding",
        "chunked",
        "Trailer",
        "x",
        "Upgrade",
        "h2c",
        "Expect",
        "100-continue",
      ],
      ...["X-Forwarded-For", "1.2.3.4", "x-forwarded-anything", "x", "Forwarded", "for=x"],
      ...["X-Real-IP", "1.2.3.4", "Cookie", "a=b", "Proxy-Authorization", "Basic x"],
      ...["x-litellm-api-key", "sk-x", "Ocp-Apim-Subscription-Key", "x", "x-sidelite-route", "x"],
      ...["X-Dup", "1", "X-Dup", "2"],
    );
    expect(head.forward).toEqual([
      ...["X-Stainless-Lang", "js", "Accept-Encoding", "gzip", "Content-Type", "text/x"],
      ...["X-Dup", "1", "X-Dup", "2"],
    ]);
    expect(planHeaders(head, { set: ["authorization", "Bearer m"] }).slice(0, 4)).toEqual([
      "host",
      "127.0.0.1:4000",
      "authorization",
      "Bearer m",
    ]);
  });

  it("are not those that Connection names", () => {
    const head = read(
      "X-One",
      "1",
      "x-two",
      "2",
      "Connection",
      "close, X-One",
      "connection",
      "X-TWO",
    );
    expect([head.forward, head.problem]).toEqual([[], null]);
    const plain = read("X-One", "1", "Connection", "Upgrade, HTTP2-Settings, TE, keep-alive,");
    expect([plain.forward, plain.problem]).toEqual([["X-One", "1"], null]);
  });

  it.each(["content-type", "Content-Length", "authorization", "host", "x-api-key", "origin"])(
    "make a head malformed when Connection names %s",
    (name) => {
      const head = read("Content-Type", "multipart/form-data", "Connection", `x, ${name}`);
      expect(checkRequest(head, ownHosts(4000))).toMatchObject({ kind: "malformed" });
    },
  );

  it("come back without hop-by-hop and CORS headers, with our id", () => {
    const raw = [
      ...["Transfer-Encoding", "chunked", "Connection", "close", "Content-Encoding", "gzip"],
      ...["access-control-allow-origin", "*", "Set-Cookie", "a=b", "set-cookie", "c=d"],
    ];
    expect(planResponseHeaders(raw, "id-1")).toEqual([
      ...["Content-Encoding", "gzip", "Set-Cookie", "a=b", "set-cookie", "c=d"],
      ...["x-sidelite-request-id", "id-1"],
    ]);
  });
});

describe("the request target", () => {
  const judge = (url: string) =>
    checkRequest(readHead("GET", url, own), ownHosts(4000))?.kind ?? null;

  it("is a path of printable ASCII without a fragment", () => {
    expect(judge('/v1/models?x=%20[a]&b="{|}~')).toBeNull();
    for (const bad of ["/a#b", "/a b", "/\u00e9", "/a\tb", "/a\u007f"]) {
      expect(judge(bad)).toBe("malformed");
    }
  });

  it("is for us", () => {
    for (const bad of ["http://127.0.0.1:4000/", "*", "evil.com:443", ""]) {
      expect(judge(bad)).toBe("misdirected");
    }
  });
});
