import { describe, expect, it } from "vitest";
import { useCertificates } from "../fixtures/direct/certificates.ts";
import { useProvider } from "../fixtures/direct/call.ts";
import { closedPort } from "../fixtures/closed-port.ts";
import { startProxy } from "../fixtures/direct/forward-proxy.ts";
import { startSecure } from "../fixtures/direct/outcome.ts";
import { startUpstream } from "../fixtures/direct/raw-upstream.ts";

const BODY = Buffer.from('{"model":"m"}');

function via(port: number, more: object = {}): object {
  return { url: `http://127.0.0.1:${port}`, loopback: true, ...more };
}

describe("L9 network.proxy", () => {
  it("https goes through a CONNECT tunnel, checked end to end; the key stays inside", async () => {
    const ca = await (await useCertificates()).authority("ca");
    const upstream = await startSecure(await ca.issue("up"));
    const proxy = await startProxy();
    const url = `http://user:p%40ss@127.0.0.1:${proxy.port}`;
    const network = { tls: { verify: ca.path }, proxy: via(proxy.port, { url }) };
    const provider = useProvider({ base_url: upstream.origin, network });
    for (let count = 0; count < 2; count += 1) {
      expect((await provider.call({ body: BODY })).status).toBe(200);
    }
    const basic = Buffer.from("user:p@ss").toString("base64");
    expect(proxy.heads).toHaveLength(1);
    expect(proxy.heads[0]).toContain(`CONNECT localhost:${upstream.port} HTTP/1.1`);
    expect(proxy.heads[0]).toContain(`Proxy-Authorization: Basic ${basic}`);
    expect(proxy.heads[0]).not.toContain("sk-provider");
    expect(upstream.requests[0]?.line).toBe("POST /v1/chat/completions HTTP/1.1");
    expect(upstream.requests[0]?.head).not.toMatch(/proxy-auth/i);
    const strict = useProvider({ base_url: upstream.origin, network: { proxy: via(proxy.port) } });
    expect(await strict.failure({ body: BODY })).toMatchObject({ code: "tls_untrusted" });
  });

  it("http goes to the proxy with its full URL", async () => {
    const upstream = await startUpstream();
    const proxy = await startProxy();
    const server = { http: `http://u:p@127.0.0.1:${proxy.port}`, loopback: true };
    const provider = useProvider({ base_url: `${upstream.origin}/v1`, network: { proxy: server } });
    expect((await provider.call({ body: BODY })).status).toBe(200);
    const line = `POST ${upstream.origin}/v1/chat/completions HTTP/1.1`;
    expect(proxy.heads[0]?.split("\r\n", 1)[0]).toBe(line);
    expect(proxy.heads[0]).toMatch(/^proxy-authorization: Basic dTpw$/im);
    expect(upstream.requests[0]?.values("host")).toEqual([`127.0.0.1:${upstream.port}`]);
    expect(upstream.requests[0]?.body).toEqual(BODY);
  });

  it("L11 loopback is reached directly unless asked, and no_proxy is obeyed", async () => {
    const upstream = await startUpstream();
    const proxy = await startProxy();
    const url = `http://127.0.0.1:${proxy.port}`;
    const settings = [
      { url },
      { url, loopback: true, no_proxy: ["127.0.0.0/8"] },
      { https: url, loopback: true },
    ];
    for (const one of settings) {
      const provider = useProvider({ base_url: upstream.origin, network: { proxy: one } });
      expect((await provider.call({ body: BODY })).status).toBe(200);
    }
    expect(proxy.heads).toHaveLength(0);
    expect(upstream.requests).toHaveLength(3);
  });

  it.each([
    [407, "proxy_authentication"],
    [403, "proxy_refused"],
    [502, "proxy_refused"],
  ])("a proxy that answers %i: %s", async (refuse, code) => {
    const proxy = await startProxy({ refuse });
    const provider = useProvider({
      base_url: "https://localhost:9/v1",
      network: { proxy: via(proxy.port) },
    });
    expect(await provider.failure({ body: BODY })).toMatchObject({ status: 502, code });
  });

  it("a proxy that is not there is a 502", async () => {
    const network = { proxy: via(await closedPort()) };
    const provider = useProvider({ base_url: "https://localhost:10/v1", network });
    const failure = await provider.failure({ body: BODY });
    expect(failure).toMatchObject({ status: 502, code: "connection_refused" });
  });
});

describe("L10 proxy.cacert", () => {
  it("is trusted for TLS to the proxy, which is always checked", async () => {
    const folder = await useCertificates();
    const [ca, proxyCa] = [await folder.authority("ca"), await folder.authority("proxy-ca")];
    const upstream = await startSecure(await ca.issue("up"));
    const proxy = await startProxy({ tls: await proxyCa.issue("proxy") });
    const url = `https://localhost:${proxy.port}`;
    const good = { tls: { verify: ca.path }, proxy: via(0, { url, cacert: proxyCa.path }) };
    const provider = useProvider({ base_url: upstream.origin, network: good });
    expect((await provider.call({ body: BODY })).status).toBe(200);
    const bad = { tls: { verify: false }, proxy: via(0, { url }) };
    const refused = useProvider({ base_url: upstream.origin, network: bad });
    expect(await refused.failure({ body: BODY })).toMatchObject({
      status: 502,
      code: "tls_untrusted",
    });
    expect(proxy.heads).toHaveLength(1);
  });

  it("is trusted for upstreams that the proxy intercepts", async () => {
    const folder = await useCertificates();
    const [ca, proxyCa] = [await folder.authority("ca"), await folder.authority("proxy-ca")];
    const upstream = await startSecure(await ca.issue("up"));
    const proxy = await startProxy({ intercept: await proxyCa.issue("fake") });
    const bad = { tls: { verify: ca.path }, proxy: via(proxy.port) };
    const refused = useProvider({ base_url: upstream.origin, network: bad });
    expect(await refused.failure({ body: BODY })).toMatchObject({
      status: 502,
      code: "tls_untrusted",
    });
    expect(proxy.intercepted.join("")).toBe("");
    const good = { proxy: via(proxy.port, { cacert: proxyCa.path }) };
    const trusted = useProvider({ base_url: upstream.origin, network: good });
    expect((await trusted.call({ body: BODY })).status).toBe(200);
    expect(proxy.intercepted.join("")).toContain("POST /v1/chat/completions");
    expect(upstream.requests).toHaveLength(1);
  });

  it("L6 L8 tls.* holds through a proxy too", async () => {
    const folder = await useCertificates();
    const [ca, clients] = [await folder.authority("ca"), await folder.authority("clients")];
    const me = await clients.issue("me");
    const upstream = await startSecure(await ca.issue("up"), {
      maxVersion: "TLSv1.2",
      requestCert: true,
      rejectUnauthorized: true,
      ca: clients.pem,
    });
    const proxy = via((await startProxy()).port);
    const tls = { verify: ca.path, client_cert: me.certPath, client_key: me.keyPath };
    const good = useProvider({ base_url: upstream.origin, network: { tls, proxy } });
    expect((await good.call({ body: BODY })).status).toBe(200);
    const newer = { tls: { ...tls, min_version: "TLSv1.3" }, proxy };
    const strict = useProvider({ base_url: upstream.origin, network: newer });
    expect(await strict.failure({ body: BODY })).toMatchObject({
      status: 502,
      code: "tls_version",
    });
  });
});
