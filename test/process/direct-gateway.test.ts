import { describe, expect, it } from "vitest";
import { startDirectRig } from "../fixtures/direct/direct-rig.ts";
import { closedPort } from "../fixtures/closed-port.ts";
import { parseObject } from "../fixtures/json-object.ts";
import { json, startUpstream } from "../fixtures/direct/raw-upstream.ts";
import { ask, open } from "./gateway-client.ts";
import { LIMITED_KEY, MASTER_KEY, WORKER_KEY } from "./gateway-rig.ts";

function say(model: string, more: object = {}): string {
  return JSON.stringify({ stream: false, model, ...more });
}

async function startTwo() {
  const customer = await startUpstream(
    (_, socket) => void socket.write(json({ from: "customer" })),
  );
  const child = await startUpstream((_, socket) => void socket.write(json({ from: "child" })));
  const rig = await startDirectRig({
    providers: {
      customer: {
        base_url: `${customer.origin}/v1`,
        api_key: "sk-customer",
        allowed_models: ["customer-*"],
      },
      child: {
        base_url: child.origin,
        api_key: "sk-child",
        auth_header: "x-api-key",
        models: ["by-hand"],
      },
    },
    agents: {
      root: { model_name: "customer-alias", provider: "customer", passthrough: true },
      analyst: { parent: "root", model_name: "child-alias", provider: "child", passthrough: true },
      critic: { parent: "root", model_name: "managed", provider: "child" },
    },
  });
  return { rig, customer, child };
}

function from(body: Buffer): unknown {
  return parseObject(body.toString())["from"];
}

describe("T1 T2 T3 T4 through the gateway", () => {
  it("each model string takes its way, with its own credential alone", async () => {
    const { rig, customer, child } = await startTwo();
    const headers = { "x-api-key": "local-extra", "anthropic-version": "2023-06-01" };
    const request = { path: "/v1/messages?beta=true", headers, body: say("customer-alias") };
    expect(from((await ask(rig.port, request)).body)).toBe("customer");
    expect(from((await ask(rig.port, { body: say("child-alias::agent::analyst") })).body)).toBe(
      "child",
    );
    expect(from((await ask(rig.port, { body: say("managed") })).body)).toBe("litellm");

    expect(customer.requests[0]?.line).toBe("POST /v1/messages?beta=true HTTP/1.1");
    expect(customer.requests[0]?.values("authorization")).toEqual(["Bearer sk-customer"]);
    expect(customer.requests[0]?.values("host")).toEqual([`127.0.0.1:${customer.port}`]);
    expect(customer.requests[0]?.head).not.toMatch(
      new RegExp(`local-extra|${WORKER_KEY}|${MASTER_KEY}`),
    );
    expect(customer.requests[0]?.body.toString()).toBe(say("customer-alias"));

    expect(child.requests[0]?.line).toBe("POST /v1/chat/completions HTTP/1.1");
    expect(child.requests[0]?.values("x-api-key")).toEqual(["sk-child"]);
    expect(child.requests[0]?.values("authorization")).toEqual([]);
    expect(child.requests[0]?.body.toString()).toBe(say("child-alias"));
    expect(child.requests[0]?.values("content-length")).toEqual([
      String(say("child-alias").length),
    ]);

    // T8: managed requests keep the gateway's own token.
    expect(rig.litellm[0]?.headers["authorization"]).toBe(`Bearer ${MASTER_KEY}`);
    expect(JSON.stringify(rig.litellm)).not.toMatch(/sk-customer|sk-child/);
  });

  it("a subagent without passthrough reaches LiteLLM under its plain model name", async () => {
    const { rig, child } = await startTwo();
    for (const form of ["managed::agent::critic", "managed::tracecat-subagent::critic"]) {
      expect(from((await ask(rig.port, { body: say(form) })).body)).toBe("litellm");
    }
    expect(rig.litellm.map(({ body }) => body)).toEqual([say("managed"), say("managed")]);
    expect(child.accepted).toBe(0);
  });

  it("L21 provider/model is rewritten in the request, the answer is left as it is", async () => {
    const { rig, child } = await startTwo();
    const answer = await ask(rig.port, { body: say("child/any/model", { n: 1.0 }) });
    expect(child.requests[0]?.body.toString()).toBe(say("any/model", { n: 1.0 }));
    expect(answer.body.toString()).toBe('{"from":"child"}');
  });

  it.each([100, 100_000, 1_000_000])(
    "a body of %i bytes keeps all but the model, with a right length",
    async (size) => {
      const { rig, child } = await startTwo();
      const text = JSON.stringify('é"'.repeat(size / 5));
      const rest = `, "messages":[{"content":${text}}] , "x":1e400 }`;
      await ask(rig.port, { body: `{ "model" :  "child-alias::agent::analyst"${rest}` });
      await ask(rig.port, { body: `{"a":{"model":"no"},"model":"child/m"${rest}` });
      const bodies = [
        `{ "model" :  "child-alias"${rest}`,
        `{"a":{"model":"no"},"model":"m"${rest}`,
      ];
      expect(child.requests.map(({ body }) => body.toString())).toEqual(bodies);
      expect(child.requests.map((request) => request.values("content-length"))).toEqual(
        bodies.map((body) => [String(Buffer.byteLength(body))]),
      );
    },
  );

  it("a model behind a large body is found too", async () => {
    const { rig, child } = await startTwo();
    const start = `{"messages":"${"x".repeat(600_000)}","model":`;
    await ask(rig.port, { body: `${start}"child/m"}` });
    expect(child.requests[0]?.body.toString()).toBe(`${start}"m"}`);
  });

  it("the model in the path of Azure and Gemini URLs", async () => {
    const { rig, child } = await startTwo();
    await ask(rig.port, {
      path: "/openai/deployments/child%2Fgpt/chat/completions?api-version=1",
      body: "{}",
    });
    await ask(rig.port, { path: "/v1beta/models/by-hand:generateContent", body: "{}" });
    expect(child.requests.map(({ line }) => line)).toEqual([
      "POST /v1/openai/deployments/gpt/chat/completions?api-version=1 HTTP/1.1",
      "POST /v1beta/models/by-hand:generateContent HTTP/1.1",
    ]);
  });

  it("any path goes to a provider; LiteLLM's stay as they were", async () => {
    const { rig, customer } = await startTwo();
    expect(
      (await ask(rig.port, { path: "/v1/custom/thing", body: say("customer-alias") })).status,
    ).toBe(200);
    expect((await ask(rig.port, { path: "/v1/custom/thing", body: say("managed") })).status).toBe(
      404,
    );
    expect(
      (await ask(rig.port, { path: "/v1/custom/thing", body: say("managed::agent::x") })).status,
    ).toBe(404);
    expect(
      (await ask(rig.port, { path: "/v1/../admin", body: say("customer-alias") })).status,
    ).toBe(404);
    expect(customer.requests).toHaveLength(1);
    expect(rig.litellm).toHaveLength(0);
  });
});

describe("refusals and failures, in the client's dialect", () => {
  it("L3 T14 a model that is not allowed: 403, no hit", async () => {
    const { rig, customer } = await startTwo();
    const anthropic = await ask(rig.port, { path: "/v1/messages", body: say("customer/other") });
    expect(anthropic.status).toBe(403);
    expect(JSON.parse(anthropic.body.toString())).toMatchObject({
      type: "error",
      error: { type: "permission_error" },
    });
    const openai = await ask(rig.port, { body: say("customer/other") });
    expect(JSON.parse(openai.body.toString())).toMatchObject({
      error: { code: "model_not_allowed" },
    });
    expect(customer.accepted).toBe(0);
  });

  it("a key with a model list reaches no other model", async () => {
    const { rig, customer } = await startTwo();
    expect((await ask(rig.port, { key: LIMITED_KEY, body: say("customer-alias") })).status).toBe(
      403,
    );
    expect(customer.accepted).toBe(0);
  });

  it("T18 L19 connect failure 502 with code and request id, timeout 504", async () => {
    const slow = await startUpstream(() => {});
    const rig = await startDirectRig({
      providers: {
        gone: { base_url: `http://127.0.0.1:${await closedPort()}`, api_key: "sk-gone" },
        slow: { base_url: slow.origin, api_key: "sk-slow", network: { timeout: { read: 0.2 } } },
      },
    });
    const gone = await ask(rig.port, { body: '{"model":"gone/m"}' });
    expect(gone.status).toBe(502);
    const id = gone.headers["x-sidelite-request-id"];
    expect(JSON.parse(gone.body.toString())).toMatchObject({
      error: { code: "connection_refused", request_id: id },
    });
    expect(gone.body.toString()).not.toContain("sk-gone");
    expect(rig.lines.some((line) => line.includes(String(id)))).toBe(true);
    const late = await ask(rig.port, { path: "/v1/messages", body: '{"model":"slow/m"}' });
    expect(late.status).toBe(504);
    expect(JSON.parse(late.body.toString())).toMatchObject({ type: "error" });
  });

  it("L14 bad provider data: 400", async () => {
    const { rig, customer } = await startTwo();
    const headers = { "X-LlamaStack-Provider-Data": "{" };
    expect((await ask(rig.port, { headers, body: say("customer-alias") })).status).toBe(400);
    expect(customer.accepted).toBe(0);
  });
});

describe("T20 Claude Code's own calls, and the model list", () => {
  it("telemetry gets 204 and goes nowhere", async () => {
    const { rig, customer } = await startTwo();
    const answer = await ask(rig.port, { path: "/api/event_logging/batch", body: '{"events":[]}' });
    expect(answer.status).toBe(204);
    expect(answer.body.length).toBe(0);
    expect(
      (await ask(rig.port, { path: "/api/event_logging/batch", key: null, body: "{}" })).status,
    ).toBe(401);
    expect(customer.accepted + rig.litellm.length).toBe(0);
  });

  it("/v1/models names direct routes besides LiteLLM's", async () => {
    const { rig } = await startTwo();
    const answer = await ask(rig.port, { method: "GET", path: "/v1/models" });
    const { data } = parseObject(answer.body.toString());
    const ids = ["managed", "gpt-4o", "customer-alias", "by-hand"];
    expect(data).toMatchObject(ids.map((id) => ({ id })));
    expect(answer.headers["content-length"]).toBe(String(answer.body.length));
  });
});

describe("T16 a reload", () => {
  it("takes effect at the next request", async () => {
    const upstream = await startUpstream();
    const section = (api_key: string) => ({
      providers: { p: { base_url: upstream.origin, api_key } },
    });
    const rig = await startDirectRig(section("k1"));
    await ask(rig.port, { body: '{"model":"p/m"}' });
    rig.configure(section("k2"));
    await ask(rig.port, { body: '{"model":"p/m"}' });
    expect(upstream.requests.map((request) => request.values("authorization")[0])).toEqual([
      "Bearer k1",
      "Bearer k2",
    ]);
  });

  it("a client that leaves ends the exchange with the provider", async () => {
    const upstream = await startUpstream(
      (_, socket) => void socket.write("HTTP/1.1 200 OK\r\n\r\ndata: 1\n\n"),
    );
    const rig = await startDirectRig({
      providers: { p: { base_url: upstream.origin, api_key: "k" } },
    });
    const response = await open(rig.port, { body: '{"model":"p/m","stream":true}' });
    const closed = new Promise((resolve) => upstream.sockets[0]?.once("close", resolve));
    response.destroy();
    await closed;
    expect(upstream.open).toBe(0);
  });
});
