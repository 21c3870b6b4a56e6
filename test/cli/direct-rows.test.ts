// Rows of passthrough.md through the built program: TLS, proxies, limits, headers, credentials, spellings.
import { describe, expect, it } from "vitest";
import { ask, awaitServed, chat, launchProxy, listModels } from "../e2e/serve.ts";
import { useCertificates } from "../fixtures/direct/certificates.ts";
import { startProxy } from "../fixtures/direct/forward-proxy.ts";
import { answer, json, startUpstream } from "../fixtures/direct/raw-upstream.ts";
import type { TestHome } from "../fixtures/home.ts";
import { until } from "../fixtures/poll.ts";
import { useHome } from "../fixtures/use-home.ts";

type Env = Readonly<Record<string, string>>;

/** Providers as flow mappings; each has an agent of its name. */
async function serve(home: TestHome, providers: Readonly<Record<string, string>>, env: Env = {}) {
  const names = Object.keys(providers);
  const config = `sidelite:
  providers:
${names.map((name) => `    ${name}: {${providers[name]}}`).join("\n")}
  agents:
${names.map((name) => `    ${name}: {model_name: ${name}, provider: ${name}, passthrough: true}`).join("\n")}
`;
  return awaitServed(await launchProxy(home, config, { env }));
}

function codeOf(text: string): unknown {
  const { error } = JSON.parse(text) as { error?: { code?: unknown } };
  return error?.code;
}

describe("through the built program", () => {
  it("L5 L6 L8 L9 TLS with an own CA, versions, a client certificate, a proxy", async () => {
    const home = await useHome();
    const folder = await useCertificates();
    const authority = await folder.authority("ca");
    const server = await authority.issue("server");
    const client = await authority.issue("client");
    const tls = { cert: server.cert, key: server.key };
    const strict = { ...tls, ca: authority.pem, requestCert: true, rejectUnauthorized: true };
    const plain = await startUpstream(undefined, tls);
    const mutual = await startUpstream(undefined, strict);
    const old = await startUpstream(undefined, { ...tls, maxVersion: "TLSv1.2" });
    const proxy = await startProxy();
    const ca = `verify: ${authority.path}`;
    const pair = `client_cert: ${client.certPath}, client_key: ${client.keyPath}`;
    const through = `proxy: {url: 'http://127.0.0.1:${proxy.port}', loopback: true}`;
    const served = await serve(home, {
      trusted: `base_url: '${plain.origin}', auth: none, network: {tls: {${ca}}}`,
      untrusted: `base_url: '${plain.origin}', auth: none`,
      unchecked: `base_url: '${plain.origin}', auth: none, network: {tls: {verify: false}}`,
      mutual: `base_url: '${mutual.origin}', auth: none, network: {tls: {${ca}, ${pair}}}`,
      nameless: `base_url: '${mutual.origin}', auth: none, network: {tls: {${ca}}}`,
      old: `base_url: '${old.origin}', auth: none, network: {tls: {${ca}, min_version: TLSv1.3}}`,
      proxied: `base_url: '${plain.origin}', auth: none, network: {tls: {${ca}}, ${through}}`,
    });
    const status = async (model: string) => (await chat(served, model)).status;
    expect(await status("trusted")).toBe(200);
    expect(await status("unchecked")).toBe(200);
    expect(await status("mutual")).toBe(200);
    expect(await status("proxied")).toBe(200);
    expect(proxy.heads.at(-1)).toMatch(/^CONNECT localhost:/);
    for (const model of ["untrusted", "nameless", "old"]) {
      const refused = await chat(served, model);
      expect(refused.status, model).toBe(502);
      expect(codeOf(refused.text)).toMatch(/^tls_/);
    }
    expect(served.cli.stderr()).toMatch(/verify/);
    await served.cli.stop();
  });

  it("L2 L13 L14 T10 T11 headers and credentials", async () => {
    const home = await useHome();
    const upstream = await startUpstream();
    const { origin } = upstream;
    const env = { STATIC_KEY: home.canary("static"), HEADER_KEY: home.canary("header") };
    const served = await serve(
      home,
      {
        static: `base_url: '${origin}', api_key: os.environ/STATIC_KEY, network: {headers: {X-Team: one, X-Secret: '\${env.HEADER_KEY}'}}`,
        named: `base_url: '${origin}', api_key: 'env:STATIC_KEY', auth_header: X-My-Key`,
        data: `base_url: '${origin}', forward_headers: {maas_api_token: Authorization, team: X-Team}`,
      },
      env,
    );
    const last = () => upstream.requests.filter(({ line }) => line.startsWith("POST")).at(-1);
    const say = (model: string, headers: Record<string, string> = {}) =>
      ask(served, "/v1/chat/completions", { model }, headers);
    await say("static", { cookie: "a=b", "api-key": "client", "x-forwarded-for": "1.2.3.4" });
    expect(last()?.values("authorization")).toEqual([`Bearer ${env.STATIC_KEY}`]);
    expect(last()?.values("x-secret")).toEqual([env.HEADER_KEY]);
    expect(last()?.head).not.toMatch(/cookie|api-key|forwarded|sk-/i);
    await say("named");
    expect(last()?.values("x-my-key")).toEqual([env.STATIC_KEY]);
    expect(last()?.values("authorization")).toEqual([]);
    const data = JSON.stringify({ maas_api_token: "Bearer t", team: "", ignored: "x" });
    await say("data", { "X-LlamaStack-Provider-Data": data });
    expect(last()?.values("authorization")).toEqual(["Bearer t"]);
    expect(last()?.values("x-team")).toEqual([""]);
    expect(last()?.head).not.toMatch(/provider-data|ignored/i);
    expect((await say("data")).status).toBe(401);
    await served.cli.stop();
  });

  it("L3 L4 L12 L19 L20 limits, discovery, timeouts, retries", async () => {
    const home = await useHome();
    let models = ["m1"];
    const listing = await startUpstream((_, socket) => {
      socket.write(json({ data: models.map((id) => ({ id })) }));
    });
    const hanging = await startUpstream(() => {});
    const flaky = await startUpstream((_, socket, index) => {
      if (index % 2 === 0) socket.destroy();
      else socket.write(answer(200, "{}"));
    });
    const served = await serve(home, {
      listing: `base_url: '${listing.origin}', auth: none, refresh_models: 1s, allowed_models: ['m*', listing]`,
      hanging: `base_url: '${hanging.origin}', auth: none, network: {timeout: 0.4}`,
      flaky: `base_url: '${flaky.origin}', auth: none, retries: 2`,
    });
    const has = (name: string) => async () => (await listModels(served)).includes(name);
    await until(has("m1"), { what: "m1" });
    models = ["m2", "x2"];
    await until(has("m2"), { what: "m2" });
    expect(await listModels(served)).not.toContain("x2");
    expect((await chat(served, "listing/x2")).status).toBe(403);
    const late = await chat(served, "hanging");
    expect({ status: late.status, code: codeOf(late.text) }).toEqual({
      status: 504,
      code: expect.stringContaining("timeout"),
    });
    expect((await chat(served, "flaky")).status).toBe(200);
    await served.cli.stop();
  });

  it("L1 L17 L18 Llama Stack's own spelling, and a provider that is off", async () => {
    const home = await useHome();
    const upstream = await startUpstream();
    const key = home.canary("llama");
    const config = `sidelite:
  providers:
    inference:
      - provider_id: \${env.PASSTHROUGH_URL:+passthrough}
        provider_type: remote::passthrough
        config:
          base_url: \${env.PASSTHROUGH_URL}
          api_key: \${env.PASSTHROUGH_API_KEY:=}
          auth: none
      - provider_id: \${env.NOWHERE:+other}
        provider_type: remote::passthrough
        config: {base_url: '\${env.NOWHERE}'}
  agents:
    inline: {model_name: inline-model, model_provider: custom, base_url: '${upstream.origin}/v1/chat/completions', auth: none, passthrough: true}
`;
    const env = { PASSTHROUGH_URL: upstream.origin, PASSTHROUGH_API_KEY: key };
    const served = await awaitServed(await launchProxy(home, config, { env }));
    expect((await chat(served, "passthrough/any/model")).status).toBe(200);
    expect((await chat(served, "inline-model")).status).toBe(200);
    const posts = upstream.requests.filter(({ line }) => line.startsWith("POST"));
    expect(posts.map(({ line }) => line)).toEqual([
      "POST /v1/chat/completions HTTP/1.1",
      "POST /v1/chat/completions HTTP/1.1",
    ]);
    expect(posts.map((request) => request.values("authorization"))).toEqual([
      [`Bearer ${key}`],
      [],
    ]);
    expect(posts[0]?.body.toString()).toContain('"model":"any/model"');
    expect((await chat(served, "other/x")).status).toBe(404);
    await served.cli.stop();
  });
});
