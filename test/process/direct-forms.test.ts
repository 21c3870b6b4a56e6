import { describe, expect, it } from "vitest";
import { startDirectRig } from "../fixtures/direct/direct-rig.ts";
import { startUpstream } from "../fixtures/direct/raw-upstream.ts";
import type { Question } from "./gateway-client.ts";
import { ask } from "./gateway-client.ts";

const AUDIO = Buffer.from([0, 255, 13, 10, 45, 45, 13, 10, ...Buffer.from("\r\n--not-it\r\n")]);

function form(
  fields: readonly (readonly [name: string, value: string | Buffer])[],
  more: Readonly<Record<string, string>> = {},
): Question {
  const parts = fields.flatMap(([name, value]) => [
    `--edge\r\nContent-Disposition: form-data; name="${name}"`,
    typeof value === "string" ? "" : '; filename="a.wav"\r\nContent-Type: audio/wav',
    "\r\n\r\n",
    value,
    "\r\n",
  ]);
  const body = Buffer.concat([...parts, "--edge--\r\n"].map((part) => Buffer.from(part)));
  return {
    path: "/v1/audio/transcriptions",
    headers: { "content-type": "multipart/form-data; boundary=edge", ...more },
    body,
  };
}

async function start() {
  const upstream = await startUpstream();
  const rig = await startDirectRig({
    providers: {
      speech: {
        base_url: upstream.origin,
        forward_headers: { token: "Authorization" },
        allowed_models: ["whisper"],
      },
    },
    agents: { scribe: { model_name: "whisper", provider: "speech", passthrough: true } },
  });
  return { rig, upstream };
}

const DATA = { "X-LlamaStack-Provider-Data": '{"token":"Bearer from-data"}' };

describe("L22 forms", () => {
  it.each(["before", "behind"])("the model %s the file decides the route", async (where) => {
    const { rig, upstream } = await start();
    const fields = [["model", "speech/whisper"] as const, ["file", AUDIO] as const];
    const question = form(where === "before" ? fields : fields.toReversed(), DATA);
    expect((await ask(rig.port, question)).status).toBe(200);
    const [request] = upstream.requests;
    const renamed = fields.map(([name, value]) =>
      name === "model" ? ([name, "whisper"] as const) : ([name, value] as const),
    );
    const expected = form(where === "before" ? renamed : renamed.toReversed());
    expect(request?.body).toEqual(expected.body);
    expect(request?.values("content-length")).toEqual([String(expected.body?.length)]);
    expect(request?.line).toBe("POST /v1/audio/transcriptions HTTP/1.1");
  });

  it("a model that only LiteLLM has reaches LiteLLM, byte for byte", async () => {
    const { rig, upstream } = await start();
    const question = form([
      ["file", Buffer.from("abc")],
      ["model", "managed"],
    ]);
    expect((await ask(rig.port, question)).status).toBe(200);
    expect(rig.litellm.map(({ body }) => body)).toEqual([question.body?.toString()]);
    expect(upstream.accepted).toBe(0);
  });

  it("two fields model are refused, since readers disagree about them", async () => {
    const { rig, upstream } = await start();
    const fields = [
      ["model", "whisper"],
      ["model", "other"],
    ] as const;
    const answer = await ask(rig.port, form(fields, DATA));
    expect(answer.status).toBe(400);
    expect(answer.body.toString()).toContain("more than one `model`");
    expect(upstream.requests).toHaveLength(0);
  });

  it("allowed_models counts for a form", async () => {
    const { rig, upstream } = await start();
    expect((await ask(rig.port, form([["model", "speech/other"]]))).status).toBe(403);
    expect(upstream.accepted).toBe(0);
  });
});

describe("L14 provider data", () => {
  it.each(["X-Sidelite-Provider-Data", "x-ogx-provider-data", "X-LLAMASTACK-PROVIDER-DATA"])(
    "%s reaches the rule, and nobody else",
    async (name) => {
      const { rig, upstream } = await start();
      const headers = { [name]: '{"token":"Bearer from-data"}' };
      const say = (model: string) => JSON.stringify({ model });
      expect((await ask(rig.port, { headers, body: say("whisper") })).status).toBe(200);
      expect((await ask(rig.port, { headers, body: say("managed") })).status).toBe(200);
      expect(upstream.requests[0]?.values("authorization")).toEqual(["Bearer from-data"]);
      expect(upstream.requests[0]?.head).not.toMatch(/provider-data/i);
      expect(JSON.stringify(rig.litellm)).not.toContain("from-data");
      expect((await ask(rig.port, { body: say("whisper") })).status).toBe(401);
      const bad = { headers: { [name]: "{" }, body: say("whisper") };
      expect((await ask(rig.port, bad)).status).toBe(400);
    },
  );
});
