// The configuration's rpm and tpm on the wire, in the client's dialect.
import { describe, expect, it } from "vitest";

import { ask } from "./gateway-client.ts";
import { startRig } from "./gateway-rig.ts";

const USAGE = JSON.stringify({ choices: [], usage: { total_tokens: 60 } });
const BODY = JSON.stringify({ model: "small", messages: [] });

describe("rpm", () => {
  it("refuses the next request with 429 and how long to wait; model lists are free", async () => {
    const rig = await startRig({ rates: { rpm: 2, tpm: null } });
    let seen = 0;
    await rig.serve((request, response) => {
      seen += 1;
      request.resume().on("end", () => response.end(USAGE));
    });
    for (let index = 0; index < 5; index += 1) {
      const list = await ask(rig.port, { method: "GET", path: "/v1/models" });
      expect(list.status).toBe(200);
    }
    expect((await ask(rig.port, { body: BODY })).status).toBe(200);
    expect((await ask(rig.port, { body: BODY })).status).toBe(200);
    const openai = await ask(rig.port, { body: BODY });
    expect(openai.status).toBe(429);
    expect(Number(openai.headers["retry-after"])).toBeGreaterThan(50);
    expect(JSON.parse(openai.body.toString())).toMatchObject({
      error: {
        type: "rate_limit_error",
        code: "rate_limit_exceeded",
        message: expect.stringContaining("rate limit of 2 requests per minute"),
      },
    });
    const anthropic = await ask(rig.port, { body: BODY, path: "/v1/messages" });
    expect(anthropic.status).toBe(429);
    expect(JSON.parse(anthropic.body.toString())).toMatchObject({
      type: "error",
      error: { type: "rate_limit_error", message: expect.stringContaining("rate limit") },
    });
    expect(seen).toBe(7);
  });
});

describe("tpm", () => {
  it("counts what answers and streams say they cost", async () => {
    const rig = await startRig({ rates: { rpm: null, tpm: 100 } });
    await rig.serve((request, response) => {
      request.resume().on("end", () => {
        response.setHeader("content-type", "text/event-stream");
        response.write("data: {}\n\n");
        response.write(`data: ${USAGE}\n\n`);
        response.end("data: [DONE]\n\n");
      });
    });
    const first = await ask(rig.port, { body: BODY });
    expect(first.body.toString()).toBe(`data: {}\n\ndata: ${USAGE}\n\ndata: [DONE]\n\n`);
    expect((await ask(rig.port, { body: BODY })).status).toBe(200);
    const refused = await ask(rig.port, { body: BODY });
    expect(refused.status).toBe(429);
    expect(refused.body.toString()).toContain("rate limit of 100 tokens per minute");
  });
});
