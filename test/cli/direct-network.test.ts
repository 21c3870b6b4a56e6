// TLS and proxies of direct routes, through the built program.
import { describe, expect, it } from "vitest";
import type { Served } from "../e2e/serve.ts";
import { chat } from "../e2e/serve.ts";
import { useCertificates } from "../fixtures/direct/certificates.ts";
import { startProxy } from "../fixtures/direct/forward-proxy.ts";
import { startSecure } from "../fixtures/direct/outcome.ts";
import { startUpstream } from "../fixtures/direct/raw-upstream.ts";
import { codeOf, serveProviders } from "../fixtures/direct/serve-providers.ts";
import { useHome } from "../fixtures/use-home.ts";

/** What one request to the agent comes to: 200, or the code of its 502. */
async function outcome(served: Served, model: string): Promise<unknown> {
  const { status, text } = await chat(served, model);
  if (status === 502) return codeOf(text);
  return status;
}

async function outcomes(served: Served, models: readonly string[]): Promise<unknown> {
  const all = await Promise.all(
    models.map(async (model) => [model, await outcome(served, model)] as const),
  );
  return Object.fromEntries(all);
}

describe("network settings, through the built program", () => {
  it("L5 L6 L7 L8 own authorities, versions, ciphers, client certificates", async () => {
    const home = await useHome();
    const folder = await useCertificates();
    const [ca, extra] = [await folder.authority("ca"), await folder.authority("extra")];
    const [server, client] = [await ca.issue("server"), await ca.issue("client")];
    const foreign = await extra.issue("foreign");
    const plain = await startSecure(server);
    const byExtra = await startSecure(foreign);
    const expired = await startSecure(await ca.issue("expired", { expired: true }));
    const elsewhere = await startSecure(await ca.issue("far", { names: "DNS:far.example" }));
    const strict = { ca: ca.pem, requestCert: true, rejectUnauthorized: true };
    const mutual = await startSecure(server, strict);
    const old = await startSecure(server, { maxVersion: "TLSv1.2" });
    const chosen = await startSecure(server);
    const at = (origin: string, tls: string) =>
      `base_url: '${origin}', auth: none, network: {tls: {${tls}}}`;
    const verify = `verify: ${ca.path}`;
    const own = `client_cert: ${client.certPath}, client_key: ${client.keyPath}`;
    const cipher = "ECDHE-ECDSA-AES256-GCM-SHA384";
    const providers = {
      trusted: at(plain.origin, verify),
      address: at(plain.origin.replace("localhost", "127.0.0.1"), verify),
      untrusted: at(plain.origin, "verify: true"),
      unchecked: at(plain.origin, "verify: false"),
      environment: at(byExtra.origin, verify),
      alone: at(byExtra.origin, `${verify}, ca_only: true`),
      expired: at(expired.origin, verify),
      elsewhere: at(elsewhere.origin, verify),
      mutual: at(mutual.origin, `${verify}, ${own}`),
      nameless: at(mutual.origin, verify),
      foreign: at(
        mutual.origin,
        `${verify}, client_cert: ${foreign.certPath}, client_key: ${foreign.keyPath}`,
      ),
      old: at(old.origin, `${verify}, min_version: TLSv1.2`),
      newer: at(old.origin, `${verify}, min_version: TLSv1.3`),
      cipher: at(chosen.origin, `${verify}, ciphers: [${cipher}]`),
    };
    const served = await serveProviders(home, providers, {
      env: { NODE_EXTRA_CA_CERTS: extra.path },
    });
    expect(await outcomes(served, Object.keys(providers))).toEqual({
      ...{ trusted: 200, address: 200, unchecked: 200, environment: 200, mutual: 200 },
      ...{ old: 200, cipher: 200 },
      untrusted: "tls_untrusted",
      alone: "tls_untrusted",
      expired: "tls_expired",
      elsewhere: "tls_hostname",
      // Node's server gives no reason with TLS 1.3.
      nameless: expect.stringMatching(/^(tls_|connection_)/),
      foreign: expect.stringMatching(/^(tls_|connection_)/),
      newer: "tls_version",
    });
    const posts = ({ requests }: typeof mutual) =>
      requests.filter(({ line }) => line.startsWith("POST"));
    expect(posts(mutual)).toHaveLength(1);
    expect(posts(plain)).toHaveLength(3);
    expect(mutual.secured[0]?.getPeerCertificate().subject).toMatchObject({ CN: "leaf" });
    expect(old.secured[0]?.getProtocol()).toBe("TLSv1.2");
    expect(chosen.secured[0]?.getCipher().name).toBe(cipher);
    expect(served.cli.stderr()).toMatch(/unchecked\.network\.tls\.verify: .*NOT checked/);
    expect(served.cli.stderr()).not.toMatch(/trusted\.network\.tls/);
    await served.cli.stop();
  });

  it("L9 L10 L11 tunnels, full URLs, TLS to the proxy, interception, no_proxy", async () => {
    const home = await useHome();
    const folder = await useCertificates();
    const [ca, proxyCa] = [await folder.authority("ca"), await folder.authority("proxy-ca")];
    const secure = await startSecure(await ca.issue("up"));
    const plain = await startUpstream();
    const tunnel = await startProxy();
    const clear = await startProxy();
    const spared = await startProxy();
    const tls = await startProxy({ tls: await proxyCa.issue("proxy") });
    const intercepting = await startProxy({ intercept: await proxyCa.issue("fake") });
    const refusing = await startProxy({ refuse: 407 });
    const at = (origin: string, proxy: string) =>
      `base_url: '${origin}', auth: none, network: {tls: {verify: ${ca.path}}, proxy: {${proxy}}}`;
    const url = ({ port }: typeof tunnel, user = "") => `'http://${user}127.0.0.1:${port}'`;
    const asked = "loopback: true";
    const password = home.canary("proxy-password");
    const providers = {
      tunnel: at(secure.origin, `url: ${url(tunnel, "user:${env.PROXY_PASSWORD}@")}, ${asked}`),
      clear: at(plain.origin, `http: ${url(clear)}, ${asked}`),
      tls: at(
        secure.origin,
        `url: 'https://localhost:${tls.port}', cacert: ${proxyCa.path}, ${asked}`,
      ),
      tlsUnknown: at(secure.origin, `url: 'https://localhost:${tls.port}', ${asked}`),
      intercepted: at(
        secure.origin,
        `url: ${url(intercepting)}, cacert: ${proxyCa.path}, ${asked}`,
      ),
      suspicious: at(secure.origin, `url: ${url(intercepting)}, ${asked}`),
      refused: at(secure.origin, `https: ${url(refusing)}, ${asked}`),
      loopback: at(plain.origin, `url: ${url(spared)}`),
      otherScheme: at(plain.origin, `https: ${url(spared)}, ${asked}`),
      ...Object.fromEntries(
        [`127.0.0.1:${plain.port}`, "127.0.0.0/8", "'*'", "127.0.0.1", ".example,127.0.0.1"].map(
          (entry, index) => [
            `spared${index}`,
            at(plain.origin, `url: ${url(spared)}, ${asked}, no_proxy: [${entry}]`),
          ],
        ),
      ),
    };
    const served = await serveProviders(home, providers, { env: { PROXY_PASSWORD: password } });
    const refusals = {
      tlsUnknown: "tls_untrusted",
      suspicious: "tls_untrusted",
      refused: "proxy_authentication",
    };
    expect(await outcomes(served, Object.keys(providers))).toEqual({
      ...Object.fromEntries(Object.keys(providers).map((name) => [name, 200])),
      ...refusals,
    });
    expect(tunnel.heads.every((head) => head.startsWith("CONNECT localhost:"))).toBe(true);
    const basic = Buffer.from(`user:${password}`).toString("base64");
    expect(tunnel.heads[0]).toContain(`Proxy-Authorization: Basic ${basic}`);
    expect(clear.heads.at(-1)).toMatch(
      /^POST http:\/\/127\.0\.0\.1:\d+\/v1\/chat\/completions HTTP/,
    );
    expect(tls.heads[0]).toMatch(/^CONNECT localhost:/);
    expect(intercepting.intercepted.join("")).toContain("POST /v1/chat/completions");
    expect(spared.heads).toEqual([]);
    for (const { head } of [...secure.requests, ...plain.requests]) {
      expect(head).not.toMatch(/proxy-auth/i);
    }
    await served.cli.stop();
  });
});
