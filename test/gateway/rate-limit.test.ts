import { describe, expect, it } from "vitest";

import { RateLimiter } from "../../src/gateway/rate-limit.ts";
import { SlidingWindow } from "../../src/gateway/sliding-window.ts";
import { UsageTail } from "../../src/gateway/usage-tail.ts";

function limiter(rpm: number | null, tpm: number | null) {
  const clock = { now: 1_000_000 };
  const rates = new RateLimiter(() => clock.now);
  rates.configure({ rpm, tpm });
  return { clock, rates };
}

describe("requests per minute", () => {
  it("lets through so many in any minute, and says when the next may come", () => {
    const { clock, rates } = limiter(2, null);
    expect(rates.take()).toBe(null);
    clock.now += 20_000;
    expect(rates.take()).toBe(null);
    expect(rates.take()).toMatchObject({
      kind: "rate-limited",
      code: "rate_limit_exceeded",
      retryAfter: 40,
      message: expect.stringContaining("rate limit of 2 requests per minute"),
    });
    clock.now += 40_000;
    expect(rates.take()).toBe(null);
    expect(rates.take()).toMatchObject({ retryAfter: 20 });
  });

  it("keeps what was counted when the limit changes", () => {
    const { rates } = limiter(3, null);
    expect([rates.take(), rates.take()]).toEqual([null, null]);
    rates.configure({ rpm: 2, tpm: null });
    expect(rates.take()).not.toBe(null);
    rates.configure({ rpm: null, tpm: null });
    expect(rates.take()).toBe(null);
  });
});

describe("tokens per minute", () => {
  it("makes the next request wait until enough of them are a minute ago", () => {
    const { clock, rates } = limiter(null, 100);
    expect(rates.countsTokens).toBe(true);
    rates.addTokens(60);
    expect(rates.take()).toBe(null);
    clock.now += 30_000;
    rates.addTokens(50);
    expect(rates.take()).toMatchObject({
      retryAfter: 30,
      message: expect.stringContaining("rate limit of 100 tokens per minute"),
    });
    clock.now += 30_000;
    expect(rates.take()).toBe(null);
  });
});

describe("the window", () => {
  it("stays small however many come", () => {
    const window = new SlidingWindow();
    for (let index = 0; index < 200_000; index += 1) window.add(index / 4, 1);
    expect(window.sum(50_000)).toBe(200_000);
    expect(window.sum(50_000 + 60_001)).toBe(0);
    expect(window.untilBelow(1, 200_000)).toBe(0);
  });
});

describe("an answer's end", () => {
  it.each([
    [
      "a chat answer",
      '{"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":3,"total_tokens":12}}',
      12,
    ],
    ["a message", '{"content":[],"usage":{"input_tokens":9,"output_tokens":3}}', 12],
    ["Google's", '{"usageMetadata":{"promptTokenCount":9,"totalTokenCount":12}}', 12],
    [
      "a stream",
      'data: {"usage": {"total_tokens": 4}}\n\ndata: {"usage": {"total_tokens": 12}}\n\ndata: [DONE]\n\n',
      12,
    ],
    ["words of a model", '{"content":"say \\"total_tokens\\": 99"}', 0],
    ["none", "data: [DONE]\n\n", 0],
    ["nothing", "", 0],
  ])("%s", (_, text, tokens) => {
    const tail = new UsageTail();
    for (const byte of Buffer.from(text)) tail.push(Buffer.from([byte]));
    expect(tail.tokens).toBe(tokens);
  });

  it("is found behind a long body, and forgotten before one", () => {
    const usage = Buffer.from('"usage":{"total_tokens":7}');
    const long = Buffer.alloc(1_000_000, "x");
    const behind = new UsageTail();
    for (const chunk of [long, usage]) behind.push(chunk);
    expect(behind.tokens).toBe(7);
    const before = new UsageTail();
    for (const chunk of [usage, long]) before.push(chunk);
    expect(before.tokens).toBe(0);
  });
});
