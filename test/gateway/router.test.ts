import { describe, expect, it } from "vitest";

import { Secret } from "../../src/core/secret.ts";
import type { Principal } from "../../src/gateway/access.ts";
import { buildAccess } from "../../src/gateway/access.ts";
import { readHead } from "../../src/gateway/head.ts";
import { buildLitellmRouter } from "../../src/gateway/litellm-router.ts";
import { createPolicy } from "../../src/gateway/policy.ts";
import { Refusal } from "../../src/gateway/refusal.ts";
import { createUpstreamSet } from "../../src/gateway/upstream-set.ts";

const worker: Principal = { id: "worker", role: "worker", models: null, credential: "master" };
const master: Principal = { ...worker, id: "master", role: "master" };
const limited: Principal = { ...worker, id: "limited", models: new Set(["small"]) };
const virtual: Principal = { ...worker, id: "virtual", credential: new Secret("sk-virtual") };

const router = buildLitellmRouter({
  upstream: createUpstreamSet({ holdMs: 1 }),
  masterKey: new Secret("sk-litellm-master"),
  allowPaths: ["/extra"],
  models: ["small", "large"],
});
const post = (path: string, type?: string) => {
  const contentType = type === undefined ? [] : ["content-type", type];
  return readHead("POST", path, ["content-length", "2", ...contentType]);
};
const get = (path: string) => readHead("GET", path, []);

describe("keys", () => {
  it("lead to their principal, alone or among others", () => {
    const access = buildAccess([
      { key: new Secret("sk-one"), principal: worker },
      { key: new Secret("sk-two"), principal: master },
    ]);
    const ask = (...keys: string[]) => {
      const raw = keys.flatMap((key) => ["x-api-key", key]);
      return access.authenticate(readHead("GET", "/", raw));
    };
    expect(ask("sk-one")).toBe(worker);
    expect(ask("other", "sk-two")).toBe(master);
    for (const keys of [[], [""], ["sk-on"], ["sk-one "], ["SK-ONE"]]) {
      expect(ask(...keys)).toMatchObject({ kind: "unauthenticated" });
    }
  });

  it("are replaced by what LiteLLM may see", () => {
    const sees = (who: Principal) => {
      const route = router.select(post("/v1/completions"), who, null);
      return route instanceof Refusal ? null : route.headers.set;
    };
    expect(sees(worker)).toEqual(["authorization", "Bearer sk-litellm-master"]);
    expect(sees(virtual)).toEqual(["authorization", "Bearer sk-virtual"]);
  });
});

describe("what must be known of a body", () => {
  it("is scanned for a worker wherever LiteLLM would read JSON", () => {
    for (const type of [undefined, "application/json", "application/octet-stream", "x/y"]) {
      const need = router.needs(post("/v1/chat/completions", type), worker);
      expect(need).toMatchObject({ scan: true, model: false });
      expect([...(need instanceof Refusal ? [] : (need.refusedKeys ?? []))]).toEqual([
        "user_config",
        "mock_response",
        "api_key",
      ]);
    }
  });

  it("is not for a file's form, nor for other types on the user's own paths", () => {
    const form = "multipart/form-data; boundary=x";
    const scan = (path: string, type: string) => router.needs(post(path, type), worker);
    expect(scan("/v1/audio/transcriptions", form)).toMatchObject({ scan: false });
    expect(scan("/extra", "audio/wav")).toMatchObject({ scan: false });
    expect(scan("/extra", "application/json")).toMatchObject({ scan: true });
    expect(scan("/v1/chat/completions", form)).toMatchObject({ kind: "media-type" });
  });

  it("is nobody's business for the master key", () => {
    expect(router.needs(post("/key/generate", "application/json"), master)).toEqual({
      model: false,
      scan: true,
      refusedKeys: null,
    });
  });
});

describe("a key with a model list", () => {
  const select = (path: string, model: string | null) => router.select(post(path), limited, model);

  it("needs the model first", () => {
    expect(router.needs(post("/v1/completions"), limited)).toMatchObject({ model: true });
  });

  it("is kept to it in body and path", () => {
    expect(select("/v1/completions", "small")).toMatchObject({ id: "litellm" });
    expect(select("/openai/deployments/small/completions", null)).toMatchObject({ id: "litellm" });
    for (const [path, model] of [
      ["/v1/completions", "large"],
      ["/v1/completions", null],
      ["/v1/completions", "small,large"],
      ["/openai/deployments/large/completions", "small"],
      ["/openai/deployments/small/completions", "large"],
    ] as const) {
      expect(select(path, model)).toMatchObject({ kind: "forbidden" });
    }
  });

  it("sees its own list only, and never LiteLLM's", () => {
    expect(router.select(get("/v1/models"), limited, null)).toMatchObject({
      list: { names: ["small"], always: true },
    });
    expect(router.select(get("/models"), worker, null)).toMatchObject({
      list: { names: ["small", "large"], always: false },
    });
    expect(router.select(post("/v1/models"), worker, null)).toMatchObject({ list: null });
  });
});

it("admits so many requests and no more, counting what ended", () => {
  const policy = createPolicy({ inFlight: 1 });
  const route = router.select(post("/v1/completions"), worker, null);
  if (route instanceof Refusal) throw new Error("refused");
  const context = { principal: worker, route, model: null, method: "POST" };
  const first = policy.admit(context);
  expect(policy.admit(context)).toMatchObject({ kind: "unavailable" });
  if (first instanceof Refusal) throw new Error("refused");
  policy.settle(first, { status: 200, ms: 1, bytesIn: 0, bytesOut: 0, cut: null, tokens: 0 });
  expect(policy.admit(context)).not.toBeInstanceOf(Refusal);
});
