// What a provider is sent, through the built program: URL, model, headers, credential.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ask, chat } from "../e2e/serve.ts";
import type { RawUpstream, Respond } from "../fixtures/direct/raw-upstream.ts";
import { answer, json, startUpstream } from "../fixtures/direct/raw-upstream.ts";
import { serveProviders } from "../fixtures/direct/serve-providers.ts";
import { useHome } from "../fixtures/use-home.ts";
import { until } from "../fixtures/poll.ts";

/** Discovery is content with it: no second try. */
const listing: Respond = (_, socket) => void socket.write(json({ data: [{ id: "x" }] }));

function posts({ requests }: RawUpstream) {
  return requests.filter(({ line }) => line.startsWith("POST"));
}

describe("URLs and models, through the built program", () => {
  it("T6 L1 a base URL in every form gives the right paths, discovery included", async () => {
    const home = await useHome();
    const upstream = await startUpstream(listing);
    const { origin } = upstream;
    const urls: [name: string, url: string, path: string, query?: string][] = [
      ["plain", `${origin}/v1`, "/v1"],
      ["slash", `${origin}/v1/`, "/v1"],
      ["bare", origin, "/v1"],
      ["deep", `${origin}//team//llm/v1`, "/team/llm/v1"],
      ["unversioned", `${origin}/team`, "/team/v1"],
      ["three", `${origin}/api/v3`, "/api/v3"],
      ["beta", `${origin}/v1beta2`, "/v1beta2"],
      ["query", `${origin}/v1?region=eu`, "/v1", "region=eu"],
      ["tail", `${origin}/v1/chat/completions`, "/v1"],
      ["messages", `${origin}/v1/messages/`, "/v1"],
    ];
    const providers = urls.map(([name, url]) => [name, `base_url: '${url}', auth: none`]);
    const served = await serveProviders(home, Object.fromEntries(providers));
    const expected: string[] = [];
    for (const [model, , path, query] of urls) {
      await ask(served, "/v1/messages?beta=true", { model });
      await ask(served, "/chat/completions", { model });
      expected.push(`POST ${path}/messages?beta=true${query ? `&${query}` : ""} HTTP/1.1`);
      expected.push(`POST ${path}/chat/completions${query ? `?${query}` : ""} HTTP/1.1`);
    }
    expect(posts(upstream).map(({ line }) => line)).toEqual(expected);
    const lists = () => upstream.requests.filter(({ line }) => line.startsWith("GET"));
    await until(() => lists().length >= urls.length, { what: "all discoveries" });
    const asked = urls.map(
      ([, , path, query]) => `GET ${path}/models${query ? `?${query}` : ""} HTTP/1.1`,
    );
    expect(
      lists()
        .map(({ line }) => line)
        .toSorted(),
    ).toEqual(asked.toSorted());
    expect(posts(upstream).every(({ head }) => head.includes(`127.0.0.1:${upstream.port}`))).toBe(
      true,
    );
    expect(served.cli.stderr()).toMatch(/tail\.base_url: .*chat\/completions/);
    await served.cli.stop();
  });

  it("T3 T4 L21 L22 T23 keys, scoped names, prefixes, endpoints, forms, presets", async () => {
    const home = await useHome();
    const echo = await startUpstream((request, socket) => {
      const isStream = request.body.includes('"stream":true');
      const type = `Content-Type: ${isStream ? "text/event-stream" : "application/json"}`;
      socket.write(answer(200, isStream ? "data: {}\n\n" : '{ "model":"vendor/own" }', [type]));
    });
    const base = `base_url: '${echo.origin}/v1'`;
    const served = await serveProviders(
      home,
      {
        root: `${base}, auth: none`,
        narrow: `${base}, auth: none, endpoints: openai`,
        chatOnly: `${base}, auth: none, endpoints: [chat]`,
        keyless: `type: vllm, ${base}`,
      },
      { agents: { analyst: "parent: root, model_name: child-alias, provider: root" } },
    );
    const last = () => posts(echo).at(-1);
    const say = async (model: string, path = "/v1/chat/completions", rest: object = {}) =>
      ask(served, path, { ...rest, model });

    for (const form of ["child-alias::agent::analyst", "child-alias::tracecat-subagent::analyst"]) {
      expect((await say(form)).status).toBe(200);
      expect(last()?.body.toString()).toBe('{"model":"child-alias"}');
      expect(last()?.values("content-length")).toEqual(["23"]);
    }
    const before = posts(echo).length;
    for (const wrong of ["Root", "child-alias", "child-alias::agent::other", "child-alias::x"]) {
      expect((await say(wrong)).status, wrong).toBe(404);
    }
    expect(posts(echo)).toHaveLength(before);

    const named = await say("root/vendor/own");
    expect(last()?.body.toString()).toBe('{"model":"vendor/own"}');
    expect(named.text).toBe('{ "model":"vendor/own" }');
    const stream = await say("root/vendor/own", "/v1/chat/completions", { stream: true });
    expect(last()?.body.toString()).toBe('{"stream":true,"model":"vendor/own"}');
    expect(stream.text).toBe("data: {}\n\n");

    const known = ["chat/completions", "completions", "embeddings", "responses", "messages"];
    for (const path of [...known, "audio/speech"].map((each) => `/v1/${each}`)) {
      for (const model of ["root", "narrow"]) {
        expect((await say(model, path)).status, path).toBe(200);
        expect(last()?.line).toBe(`POST ${path} HTTP/1.1`);
      }
      expect((await say("chatOnly", path)).status).toBe(
        path === "/v1/chat/completions" ? 200 : 404,
      );
    }
    expect((await say("root", "/v1/custom/thing")).status).toBe(200);
    expect((await say("narrow", "/v1/custom/thing")).status).toBe(404);

    const form = new FormData();
    form.set("file", new Blob([new Uint8Array([0, 255, 13, 10])]), "a.wav");
    form.set("model", "root/whisper");
    const sent = await fetch(`${served.url}/v1/audio/transcriptions`, {
      method: "POST",
      headers: { authorization: `Bearer ${served.key}` },
      body: form,
    });
    expect(sent.status).toBe(200);
    expect(last()?.body.toString("latin1")).toContain('name="model"\r\n\r\nwhisper\r\n');
    expect(last()?.values("content-length")).toEqual([String(last()?.body.length)]);

    const azure = "/openai/deployments/root%2Fgpt/chat/completions?api-version=1";
    expect((await ask(served, azure, {})).status).toBe(200);
    expect(last()?.line).toBe(`POST /v1${azure.replace("root%2F", "")} HTTP/1.1`);
    expect((await say("keyless")).status).toBe(200);
    expect(last()?.values("authorization")).toEqual([]);
    await served.cli.stop();
  });
});

describe("headers and credentials, through the built program", () => {
  it("T10 T11 T19 L13 fixed headers, the key's header, what a dialect does not know", async () => {
    const home = await useHome();
    const upstream = await startUpstream(listing);
    const env = { STATIC_KEY: home.canary("static"), HEADER_KEY: home.canary("header") };
    const base = `base_url: '${upstream.origin}', api_key: os.environ/STATIC_KEY`;
    const headers = "network: {headers: {X-Team: one, x-secret: '${env.HEADER_KEY}'}}";
    const served = await serveProviders(
      home,
      {
        blank: `${base}, auth_header: '', ${headers}`,
        named: `${base}, auth_header: X-My-Key`,
        openai: `${base}, dialect: openai`,
        anthropic: `${base}, dialect: anthropic, auth_header: x-api-key`,
      },
      { env },
    );
    const say = async (model: string, more: Record<string, string> = {}) => {
      const { status } = await ask(served, "/v1/messages?beta=true", { model }, more);
      expect(status, model).toBe(200);
      return posts(upstream).at(-1);
    };
    const client = {
      ...{ cookie: "a=b", "api-key": "client", "x-goog-api-key": "client", "x-team": "theirs" },
      ...{ "x-forwarded-for": "1.2.3.4", "x-litellm-api-key": "client", "user-agent": "sdk/1" },
      ...{ "ocp-apim-subscription-key": "client", "proxy-authorization": "client" },
    };
    const blank = await say("blank", client);
    expect(blank?.values("authorization")).toEqual([`Bearer ${env.STATIC_KEY}`]);
    expect(blank?.values("x-secret")).toEqual([env.HEADER_KEY]);
    expect(blank?.values("x-team")).toEqual(["one"]);
    expect(blank?.values("user-agent")).toEqual(["sdk/1"]);
    expect(blank?.head).not.toMatch(/cookie|: client|forwarded|theirs/i);
    expect(blank?.head).not.toContain(served.key);
    const named = await say("named");
    expect(named?.values("x-my-key")).toEqual([env.STATIC_KEY]);
    expect(named?.values("authorization")).toEqual([]);

    const beta = { "anthropic-beta": "x-2025-01-01", "anthropic-version": "2023-06-01" };
    for (const model of ["openai", "blank"]) {
      const request = await say(model, beta);
      expect(request?.values("anthropic-beta"), model).toEqual([]);
      expect(request?.values("anthropic-version"), model).toEqual(["2023-06-01"]);
    }
    expect((await say("anthropic", beta))?.values("anthropic-beta")).toEqual(["x-2025-01-01"]);

    const lists = () => upstream.requests.filter(({ line }) => line.startsWith("GET"));
    await until(() => lists().length >= 4, { what: "all discoveries" });
    expect(lists().flatMap((request) => request.values("x-my-key"))).toEqual([env.STATIC_KEY]);
    expect(lists().flatMap((request) => request.values("x-secret"))).toEqual([env.HEADER_KEY]);
    await served.cli.stop();
  });

  it("L2 L14 L16 the order of credentials, and what provider data may bring", async () => {
    const home = await useHome();
    const upstream = await startUpstream((_, socket) => void socket.write(json({})));
    const forward = "forward_headers: {token: Authorization, team: X-Team, big: X-Big}";
    const base = `base_url: '${upstream.origin}', ${forward}, extra_blocked_headers: [X-Other]`;
    const env = { STATIC_KEY: home.canary("static") };
    const served = await serveProviders(
      home,
      { with: `${base}, api_key: os.environ/STATIC_KEY`, without: `${base}, api_key: ''` },
      { env },
    );
    const say = async (
      model: string,
      data: object | string | null,
      name = "X-OGX-Provider-Data",
    ) => {
      const text = typeof data === "string" ? data : JSON.stringify(data);
      const more = data === null ? {} : { [name]: text };
      const before = posts(upstream).length;
      const { status } = await ask(served, "/v1/chat/completions", { model }, more);
      return { status, sent: posts(upstream)[before] };
    };
    const names = ["X-LlamaStack-Provider-Data", "x-ogx-provider-data", "X-SIDELITE-PROVIDER-DATA"];
    for (const [index, has] of [0, 1, 2, 3, 4, 5, 6, 7].entries()) {
      const [isStatic, hasKey, hasToken] = [(has & 4) > 0, (has & 2) > 0, (has & 1) > 0];
      const data = {
        ...(hasKey ? { passthrough_api_key: "request-key" } : {}),
        ...(hasToken ? { token: "Bearer forwarded" } : {}),
      };
      const expected = isStatic
        ? env.STATIC_KEY
        : hasKey
          ? "request-key"
          : hasToken
            ? "forwarded"
            : null;
      const { status, sent } = await say(isStatic ? "with" : "without", data, names[index % 3]);
      expect(status, String(has)).toBe(expected === null ? 401 : 200);
      const values = sent?.values("authorization") ?? [];
      expect(values, String(has)).toEqual(expected === null ? [] : [`Bearer ${expected}`]);
      expect(sent?.head ?? "").not.toMatch(/provider-data/i);
    }
    const wild = {
      team: "a\r\nb\u0000c\u2028d\u0085",
      token: null,
      big: "y".repeat(8193),
      no: "x",
    };
    const { sent } = await say("with", JSON.stringify(wild).replaceAll(/[^\x20-\x7e]/g, escape));
    expect(sent?.values("x-team")).toEqual(["abcd"]);
    expect(sent?.head).not.toMatch(/x-big|yyy|no: x/i);
    expect((await say("with", { team: "" })).sent?.values("x-team")).toEqual([""]);
    expect((await say("with", { team: 7 })).sent?.values("x-team")).toEqual(["7"]);
    expect((await say("with", "{")).status).toBe(400);
    expect((await say("with", "[1]")).status).toBe(400);
    expect((await chat(served, "without/any")).status).toBe(401);
    const log = join(home.state, "workers/default/litellm_proxy.log");
    const line = 'provider with: provider data "big" is over 8192 bytes: X-Big is not sent';
    await until(async () => (await readFile(log, "utf8")).includes(line), { what: line });
    await served.cli.stop();
  });
});

/** Headers carry ASCII alone. */
function escape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
