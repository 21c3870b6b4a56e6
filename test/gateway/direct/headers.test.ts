import { describe, expect, it } from "vitest";
import { buildProviderHeaders } from "../../../src/gateway/direct/provider-headers.ts";
import { readProviderData } from "../../../src/gateway/direct/provider-data.ts";
import {
  buildRequestHeaders,
  filterResponseHeaders,
  mergeHeaders,
} from "../../../src/gateway/direct/request-headers.ts";
import { parseOne, refusals } from "./parse.ts";

const ORIGIN = "https://up.example";
const NOTHING = { added: mergeHeaders(), removed: new Set<string>() };

function pairs(flat: readonly string[]): [string, string][] {
  return flat.flatMap((name, index) => (index % 2 === 0 ? [[name, flat[index + 1] ?? ""]] : []));
}

/** What a provider with `fields` is sent of `raw`. */
function outbound(fields: object, raw: readonly string[]): [string, string][] {
  const provider = parseOne({ base_url: ORIGIN, ...fields });
  const data = readProviderData(raw);
  if (data === "bad") throw new Error("bad provider data");
  return pairs(buildRequestHeaders(raw, buildProviderHeaders(provider, data, ORIGIN).rule));
}

function valuesOf(headers: readonly [string, string][], wanted: string): string[] {
  return headers.filter(([name]) => name.toLowerCase() === wanted).map(([, value]) => value);
}

describe("T8 the header rule, inbound", () => {
  it.each([
    ["authorization", "Bearer local"],
    ["Authorization", "Bearer local"],
    ["x-api-key", "local"],
    ["X-API-KEY", "local"],
    ["api-key", "local"],
    ["x-goog-api-key", "local"],
    ["x-litellm-api-key", "local"],
    ["Ocp-Apim-Subscription-Key", "local"],
    ["Cookie", "a=b"],
    ["Proxy-Authorization", "Basic x"],
    ["Proxy-Connection", "keep-alive"],
    ["Connection", "keep-alive"],
    ["Keep-Alive", "timeout=5"],
    ["TE", "trailers"],
    ["Trailer", "x"],
    ["Transfer-Encoding", "chunked"],
    ["Upgrade", "h2c"],
    ["HTTP2-Settings", "x"],
    ["Host", "127.0.0.1:1"],
    ["Content-Length", "3"],
    ["Expect", "100-continue"],
    ["X-LlamaStack-Provider-Data", "{}"],
    ["X-OGX-Provider-Data", "{}"],
    ["X-Sidelite-Provider-Data", "{}"],
    ["X-Sidelite-Anything", "1"],
    ["X-Forwarded-For", "10.0.0.1"],
    ["X-Forwarded-Port", "1"],
    ["Forwarded", "for=x"],
    ["X-Real-IP", "10.0.0.1"],
  ])("%s does not go upstream", (name, value) => {
    expect(buildRequestHeaders([name, value, "X-Kept", "1"], NOTHING)).toEqual(["X-Kept", "1"]);
  });

  it.each(["x-hop", "X-Hop, X-Other", "close, x-hop"])(
    "Connection: %s takes the named header out",
    (value) => {
      expect(buildRequestHeaders(["X-Hop", "1", "connection", value, "a", "b"], NOTHING)).toEqual([
        "a",
        "b",
      ]);
    },
  );

  it("keeps all else, its order, spelling and repetitions", () => {
    const raw = [
      "Accept",
      "a",
      "x-stainless-lang",
      "js",
      "Accept",
      "b",
      "Content-Type",
      "application/json",
    ];
    expect(buildRequestHeaders(raw, NOTHING)).toEqual(raw);
  });

  it("lets later groups win, whatever the case", () => {
    const added = mergeHeaders([["X-A", "1"]], [["x-a", "2"]], [["X-B", "3"]]);
    const raw = ["x-A", "client", "x-b", "client", "x-c", "client"];
    expect(buildRequestHeaders(raw, { added, removed: new Set(["x-c"]) })).toEqual([
      "x-a",
      "2",
      "X-B",
      "3",
    ]);
  });
});

describe("the header rule, from the response", () => {
  it("drops hop-by-hop headers and cookies, keeps the encoding", () => {
    const raw = [
      "Content-Encoding",
      "gzip",
      "Set-Cookie",
      "s=1",
      "set-cookie",
      "t=2",
      "Connection",
      "x-hop",
    ];
    const more = [
      "X-Hop",
      "1",
      "Keep-Alive",
      "timeout=5",
      "Transfer-Encoding",
      "chunked",
      "X-Request-Id",
      "7",
    ];
    expect(filterResponseHeaders([...raw, ...more])).toEqual([
      "Content-Encoding",
      "gzip",
      "X-Request-Id",
      "7",
    ]);
  });
});

/** What a key becomes. */
function keyHeader(auth_header: string | undefined): [string, string][] {
  const fields = { api_key: "k", ...(auth_header !== undefined && { auth_header }) };
  return outbound(fields, []).filter(([name]) => name !== "Accept-Encoding");
}

describe("L2 credential order: static > passthrough_api_key > forwarded > none", () => {
  const combinations = [0, 1, 2, 3, 4, 5, 6, 7].map((bits) => {
    const [fixed, key, forwarded] = [(bits & 4) > 0, (bits & 2) > 0, (bits & 1) > 0];
    const expected = fixed
      ? "Bearer static"
      : key
        ? "Bearer dynamic"
        : forwarded
          ? "Bearer forwarded"
          : null;
    return { fixed, key, forwarded, expected };
  });
  const spellings = [
    "X-LlamaStack-Provider-Data",
    "x-llamastack-provider-data",
    "X-OGX-PROVIDER-DATA",
  ];
  const cases = combinations.flatMap((one) => spellings.map((header) => ({ ...one, header })));

  it.each(cases)(
    "static $fixed, key $key, forwarded $forwarded in $header",
    ({ fixed, key, forwarded, expected, header }) => {
      const fields = {
        auth: "none",
        forward_headers: { token: "authorization" },
        ...(fixed && { api_key: "static" }),
      };
      const data = {
        ...(key && { passthrough_api_key: "dynamic" }),
        ...(forwarded && { token: "Bearer forwarded" }),
      };
      const raw = [
        "Authorization",
        "Bearer local",
        "X-Api-Key",
        "local",
        header,
        JSON.stringify(data),
      ];
      const headers = outbound(fields, raw);
      expect(valuesOf(headers, "authorization")).toEqual(expected === null ? [] : [expected]);
      expect(JSON.stringify(headers)).not.toMatch(/local|provider-data/i);
    },
  );

  it.each([
    [{ api_key: "" }, { passthrough_api_key: "k" }, "Bearer k"],
    [{ api_key: "${env.UNSET:=}" }, { passthrough_api_key: "k" }, "Bearer k"],
    [{ forward_headers: { t: "Authorization" } }, { passthrough_api_key: "", t: "T" }, "T"],
  ])("takes an empty text for unset: %j %j", (fields, data, expected) => {
    const headers = outbound({ auth: "none", ...fields }, [
      "x-ogx-provider-data",
      JSON.stringify(data),
    ]);
    expect(valuesOf(headers, "authorization")).toEqual([expected]);
  });

  it("T10 auth header blank or named", () => {
    expect(keyHeader(undefined)).toEqual([["Authorization", "Bearer k"]]);
    expect(keyHeader("")).toEqual([["Authorization", "Bearer k"]]);
    expect(keyHeader("  ")).toEqual([["Authorization", "Bearer k"]]);
    expect(keyHeader("x-api-key")).toEqual([["x-api-key", "k"]]);
    expect(keyHeader("Authorization")).toEqual([["Authorization", "Bearer k"]]);
  });

  it("T11 L13 network.headers go along and the credential wins over them", () => {
    const network = {
      headers: { "X-Tenant": "t1", authorization: "Basic old", "Accept-Encoding": "br" },
    };
    const headers = outbound({ api_key: "k", network }, [
      "x-tenant",
      "client",
      "accept-encoding",
      "gzip",
    ]);
    expect(headers).toEqual([
      ["Accept-Encoding", "br"],
      ["X-Tenant", "t1"],
      ["Authorization", "Bearer k"],
    ]);
  });

  it("refuses a request without any credential unless auth is none", () => {
    const provider = parseOne({ base_url: ORIGIN, forward_headers: { t: "Authorization" } });
    expect(buildProviderHeaders(provider, null, ORIGIN).isAuthorised).toBe(false);
    expect(buildProviderHeaders(provider, { t: "" }, ORIGIN).isAuthorised).toBe(false);
    expect(buildProviderHeaders(provider, { t: "x" }, ORIGIN).isAuthorised).toBe(true);
    const open = parseOne({ base_url: ORIGIN, auth: "none" });
    expect(buildProviderHeaders(open, null, ORIGIN).isAuthorised).toBe(true);
  });

  it("sends neither the key nor fixed credentials to an origin that the caller chose", () => {
    const network = { headers: { "x-api-key": "fixed", "X-Tenant": "t" } };
    const provider = parseOne({ base_url: ORIGIN, api_key: "k", network });
    const { rule, isAuthorised } = buildProviderHeaders(provider, {}, "https://other.example");
    expect([...rule.added.keys()]).toEqual(["accept-encoding", "x-tenant"]);
    expect(isAuthorised).toBe(false);
  });
});

describe("T19 dialect", () => {
  const raw = ["anthropic-beta", "b", "anthropic-version", "2023-06-01"];
  it.each([
    ["auto", "https://up.example", false],
    ["auto", "https://api.anthropic.com", true],
    ["auto", "https://anthropic.com.evil.example", false],
    ["openai", "https://api.anthropic.com", false],
    ["anthropic", "https://up.example", true],
  ])("%s at %s: beta headers kept %s", (dialect, base_url, kept) => {
    const provider = parseOne({ base_url, api_key: "k", dialect });
    const { rule } = buildProviderHeaders(provider, null, base_url);
    const headers = pairs(buildRequestHeaders(raw, rule));
    expect(valuesOf(headers, "anthropic-beta")).toEqual(kept ? ["b"] : []);
    expect(valuesOf(headers, "anthropic-version")).toEqual(["2023-06-01"]);
  });

  it("asks for an unencoded body unless compression is on", () => {
    expect(
      valuesOf(outbound({ api_key: "k" }, ["Accept-Encoding", "gzip"]), "accept-encoding"),
    ).toEqual(["identity"]);
    const fields = { api_key: "k", compression: true };
    expect(valuesOf(outbound(fields, ["Accept-Encoding", "gzip"]), "accept-encoding")).toEqual([
      "gzip",
    ]);
  });

  it.each(["Host", "Content-Length", "Transfer-Encoding", "Proxy-Authorization"])(
    "L13 network.headers cannot set %s",
    (name) => {
      const fields = { base_url: ORIGIN, api_key: "k", network: { headers: { [name]: "x" } } };
      expect(refusals({ providers: { p: fields } })).toEqual([
        `sidelite.providers.p.network.headers.${name}: the header ${name} belongs to the connection and cannot be set`,
      ]);
    },
  );
});
