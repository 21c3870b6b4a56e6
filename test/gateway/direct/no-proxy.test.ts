import { describe, expect, it } from "vitest";
import { chooseProxy, parseOrigin } from "../../../src/gateway/direct/choose-proxy.ts";
import { isBypassed, isLoopback, parseNoProxyEntry } from "../../../src/gateway/direct/no-proxy.ts";
import { proxyFromEnvironment } from "../../../src/gateway/direct/parse-proxy.ts";
import { parseOne, refusals } from "./parse.ts";

function bypasses(entry: string, host: string, port = 443): boolean {
  const rule = parseNoProxyEntry(entry);
  if (rule === null) throw new Error(`not an entry: ${entry}`);
  return isBypassed([rule], host, port);
}

describe("L11 no_proxy", () => {
  it.each([
    ["localhost", "localhost", 80, true],
    ["api.example", "API.example", 443, true],
    ["api.example", "api.example.", 443, true],
    ["api.example", "x.api.example", 443, false],
    ["api.example", "notapi.example", 443, false],
    [".internal.corp", "a.internal.corp", 443, true],
    [".internal.corp", "a.b.internal.corp", 443, true],
    [".internal.corp", "internal.corp", 443, true],
    [".internal.corp", "notinternal.corp", 443, false],
    ["*.internal.corp", "a.internal.corp", 443, true],
    ["*.internal.corp", "a.internal.corp.evil", 443, false],
    ["10.1.2.3", "10.1.2.3", 443, true],
    ["10.1.2.3", "10.1.2.33", 443, false],
    ["10.0.0.0/8", "10.200.3.4", 443, true],
    ["10.0.0.0/8", "11.0.0.1", 443, false],
    ["10.0.0.0/8", "ten.example", 443, false],
    ["192.168.1.128/25", "192.168.1.127", 443, false],
    ["fd00::/8", "[fd12::1]", 443, true],
    ["fd00::/8", "fe80::1", 443, false],
    ["::1", "[::1]", 443, true],
    ["[fd00::1]:8443", "fd00::1", 8443, true],
    ["[fd00::1]:8443", "fd00::1", 443, false],
    ["api.example:8443", "api.example", 8443, true],
    ["api.example:8443", "api.example", 443, false],
    [".corp:80", "a.corp", 80, true],
    ["*", "anything.example", 1, true],
    ["*", "[::1]", 1, true],
  ])("%s and %s:%i: %s", (entry, host, port, expected) => {
    expect(bypasses(entry, host, port)).toBe(expected);
  });

  it.each(["", "a b", "http://x", "10.0.0.0/33", "x/8", "host:0", "host:99999", "a..b", "-*-"])(
    "%j is no entry",
    (entry) => {
      expect(parseNoProxyEntry(entry)).toBeNull();
    },
  );

  it("reports each bad entry of a configuration", () => {
    const proxy = { url: "http://p:1", no_proxy: ["ok.example", "a b", "10.0.0.0/40"] };
    expect(
      refusals({ providers: { p: { base_url: "https://x", api_key: "k", network: { proxy } } } }),
    ).toEqual([
      'sidelite.providers.p.network.proxy.no_proxy: "a b" is not an entry for no_proxy',
      'sidelite.providers.p.network.proxy.no_proxy: "10.0.0.0/40" is not an entry for no_proxy',
    ]);
  });
});

function network(proxy: object) {
  return parseOne({ base_url: "https://x", api_key: "k", network: { proxy } }).network;
}

describe("L9 network.proxy: which one", () => {
  it.each([
    ["http://127.0.0.1:1", true],
    ["http://127.8.8.8", true],
    ["http://localhost:1", true],
    ["http://a.localhost", true],
    ["http://[::1]:1", true],
    ["http://128.0.0.1", false],
    ["http://localhost.example", false],
  ])("%s is on this machine: %s", (origin, expected) => {
    expect(isLoopback(parseOrigin(origin).host)).toBe(expected);
  });

  it.each([
    [{ url: "http://p.example:3128" }, "https://x.example", "p.example:3128"],
    [{ url: "http://p.example:3128" }, "http://x.example", "p.example:3128"],
    [{ http: "http://a.example", https: "https://b.example" }, "http://x.example", "a.example:80"],
    [
      { http: "http://a.example", https: "https://b.example" },
      "https://x.example",
      "b.example:443",
    ],
    [{ http: "http://a.example" }, "https://x.example", null],
    [{ url: "http://p.example" }, "https://127.0.0.1:8443", null],
    [{ url: "http://p.example", loopback: true }, "https://127.0.0.1:8443", "p.example:80"],
    [{ url: "http://p.example", no_proxy: [".corp"] }, "https://llm.corp", null],
    [{ url: "http://p.example", no_proxy: [".corp"] }, "https://llm.example", "p.example:80"],
    [{ url: "http://p.example", no_proxy: "a.example, b.example" }, "https://b.example", null],
  ])("%j for %s: %s", (proxy, origin, expected) => {
    const chosen = chooseProxy(network(proxy).proxy, parseOrigin(origin));
    expect(chosen && `${chosen.host}:${chosen.port}`).toBe(expected);
  });

  it("takes the environment's proxy unless the provider says otherwise", () => {
    const env = { https_proxy: "proxy.example:3128", NO_PROXY: "corp,10.0.0.0/8" };
    const settings = proxyFromEnvironment(env);
    expect(chooseProxy(settings, parseOrigin("https://x.example"))?.port).toBe(3128);
    expect(chooseProxy(settings, parseOrigin("https://llm.corp"))).toBeNull();
    expect(chooseProxy(settings, parseOrigin("http://x.example"))).toBeNull();
    expect(proxyFromEnvironment({ HTTP_PROXY: "http://cgi.example" }).http).toBeNull();
    const off = parseOne({ base_url: "https://x", api_key: "k", network: { proxy: false } }, env);
    expect(chooseProxy(off.network.proxy, parseOrigin("https://x.example"))).toBeNull();
  });

  it("keeps the proxy's password out of sight", () => {
    const { proxy } = network({ url: "http://user:p%40ss@p.example" });
    expect(proxy.http?.authorization?.reveal()).toBe(
      `Basic ${Buffer.from("user:p@ss").toString("base64")}`,
    );
    expect(JSON.stringify(proxy)).not.toMatch(/p@ss|p%40ss|dXNlcjpwQHNz/);
  });

  it.each(["socks5://p:1", "p.example:3128", "http://", "http://%zz@p"])("%s is refused", (url) => {
    const section = {
      providers: { p: { base_url: "https://x", api_key: "k", network: { proxy: { url } } } },
    };
    expect(refusals(section)).toEqual([
      "sidelite.providers.p.network.proxy.url: is not the URL of an HTTP proxy",
    ]);
  });

  it("refuses url beside http or https", () => {
    const proxy = { url: "http://a", https: "http://b" };
    expect(
      refusals({ providers: { p: { base_url: "https://x", api_key: "k", network: { proxy } } } }),
    ).toEqual(["sidelite.providers.p.network.proxy.url: cannot stand beside http or https"]);
  });
});
