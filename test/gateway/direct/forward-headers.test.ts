import { describe, expect, it } from "vitest";
import { CORE_BLOCKED_HEADERS } from "../../../src/gateway/direct/header-names.ts";
import type { ProviderData } from "../../../src/gateway/direct/provider-data.ts";
import {
  forwardedHeaders,
  readProviderData,
  textOf,
} from "../../../src/gateway/direct/provider-data.ts";
import { parseOne, refusals } from "./parse.ts";

const BASE = { base_url: "https://up.example", api_key: "k" };

function forward(data: ProviderData, map: Record<string, string>) {
  return forwardedHeaders(data, parseOne({ ...BASE, forward_headers: map }).forwardHeaders);
}

function refused(fields: object): string[] {
  return refusals({ providers: { p: { ...BASE, ...fields } } });
}

describe("L14 forward_headers", () => {
  it("forwards the listed keys alone, under their outbound names", () => {
    const data = { maas_api_token: "Bearer t", tenant: "a", other: "secret" };
    const { headers, warnings } = forward(data, {
      maas_api_token: "Authorization",
      tenant: " X-Tenant-ID ",
    });
    expect(headers).toEqual([
      ["Authorization", "Bearer t"],
      ["X-Tenant-ID", "a"],
    ]);
    expect(warnings).toEqual([]);
  });

  it.each([
    ["missing", {}, []],
    ["null", { a: null }, []],
    ["empty", { a: "" }, [["X-A", ""]]],
    ["a number", { a: 5 }, [["X-A", "5"]]],
    ["zero", { a: 0 }, [["X-A", "0"]]],
    ["false", { a: false }, [["X-A", "false"]]],
    ["line breaks", { a: "x\r\nEvil: 1" }, [["X-A", "xEvil: 1"]]],
    ["other controls", { a: "a\u0000b\tc\u007fd\u0085e\u2028f\u2029g" }, [["X-A", "abcdefg"]]],
    ["not Latin-1", { a: "é€" }, [["X-A", Buffer.from("é€").toString("latin1")]]],
    ["8,192 bytes", { a: "x".repeat(8192) }, [["X-A", "x".repeat(8192)]]],
  ])("value: %s", (_, data, expected) => {
    const { headers, warnings } = forward(data, { a: "X-A" });
    expect(headers).toEqual(expected);
    expect(warnings).toEqual([]);
  });

  it.each([
    ["too long", "x".repeat(8193), "over 8192 bytes"],
    ["too long in UTF-8", "é".repeat(4097), "over 8192 bytes"],
    ["a list", ["v"], "not a plain value"],
    ["a mapping", { v: "v" }, "not a plain value"],
  ])("drops %s with a warning that does not show it", (_, value, text) => {
    const { headers, warnings } = forward({ a: value }, { a: "X-A" });
    expect(headers).toEqual([]);
    expect(warnings).toEqual([expect.stringContaining(text)]);
    expect(warnings.join().length).toBeLessThan(200);
  });

  it("does not reach through the prototype", () => {
    expect(forward({}, { constructor: "X-C", toString: "X-T" }).headers).toEqual([]);
    expect(textOf({}, "toString")).toBeNull();
  });
});

describe("L14 the provider data header", () => {
  it.each([
    "X-LlamaStack-Provider-Data",
    "X-OGX-Provider-Data",
    "X-Sidelite-Provider-Data",
    "x-ogx-provider-DATA",
  ])("%s is read", (name) => {
    expect(readProviderData(["a", "b", name, '{"k":1}'])).toEqual({ k: 1 });
  });

  it("prefers ours, then the newer name", () => {
    const raw = ["X-LlamaStack-Provider-Data", '{"n":1}', "X-OGX-Provider-Data", '{"n":2}'];
    expect(readProviderData(raw)).toEqual({ n: 2 });
    expect(readProviderData([...raw, "x-sidelite-provider-data", '{"n":3}'])).toEqual({ n: 3 });
    expect(readProviderData(["Accept", "x"])).toBeNull();
  });

  it.each(["{", "", "[]", "null", '"text"', "1", "{'a': 1}"])("%j is bad", (value) => {
    expect(readProviderData(["X-OGX-Provider-Data", value])).toBe("bad");
  });

  it("is bad when it stands twice", () => {
    expect(readProviderData(["X-OGX-Provider-Data", "{}", "x-ogx-provider-data", "{}"])).toBe(
      "bad",
    );
  });

  it("is UTF-8", () => {
    const raw = Buffer.from('{"a":"é"}').toString("latin1");
    expect(readProviderData(["X-OGX-Provider-Data", raw])).toEqual({ a: "é" });
  });
});

describe("L15 blocked headers", () => {
  const documented =
    "host, content-type, content-length, transfer-encoding, connection, upgrade, te, trailer, cookie, set-cookie, " +
    "forwarded, proxy-authorization, proxy-connection, proxy-authenticate, keep-alive, expect, content-encoding, " +
    "accept-encoding, x-forwarded-for, x-forwarded-host, x-forwarded-proto, x-forwarded-prefix, x-real-ip, http2-settings";
  const names = documented.split(", ");

  it("are the documented ones", () => {
    expect([...CORE_BLOCKED_HEADERS].toSorted()).toEqual(names.toSorted());
  });

  it.each(names.flatMap((name) => [name, name.toUpperCase()]))("%s", (name) => {
    expect(refused({ forward_headers: { key: name } })).toEqual([
      `sidelite.providers.p.forward_headers.key: the header ${name} can never be set from a request`,
    ]);
  });

  it("reports every refusal at once", () => {
    const forward_headers = {
      __a: "X-A",
      __b: "Host",
      c: "X C",
      d: "",
      e: "X-Internal",
      f: "X-Fine",
      g: "X:Y",
    };
    const problems = refused({ forward_headers, extra_blocked_headers: ["x-internal", "  "] });
    expect(problems.map((problem) => problem.replace("sidelite.providers.p.", ""))).toEqual([
      "extra_blocked_headers: contains a blank name",
      "forward_headers.__a: keys that start with __ are reserved",
      "forward_headers.__b: keys that start with __ are reserved",
      "forward_headers.__b: the header Host can never be set from a request",
      'forward_headers.c: "X C" is not a header name',
      'forward_headers.d: "" is not a header name',
      "forward_headers.e: the header X-Internal is in extra_blocked_headers",
      'forward_headers.g: "X:Y" is not a header name',
    ]);
  });
});

describe("L16 extra_blocked_headers", () => {
  it.each(["x-internal", "X-Internal", " X-INTERNAL "])("%j blocks X-Internal", (name) => {
    expect(
      refused({ forward_headers: { k: "X-Internal" }, extra_blocked_headers: [name] }),
    ).toHaveLength(1);
  });

  it("cannot unblock a core name", () => {
    expect(refused({ forward_headers: { k: "Cookie" }, extra_blocked_headers: [] })).toHaveLength(
      1,
    );
    expect(refused({ extra_blocked_headers: ["X-Other"] })).toEqual([]);
  });
});
