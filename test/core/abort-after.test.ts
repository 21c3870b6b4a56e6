import { expect, it } from "vitest";

import { abortAfter } from "../../src/core/abort-after.ts";
import { until } from "../fixtures/poll.ts";

it("fires when the time is over", async () => {
  const signal = abortAfter(20.5);
  expect(signal.aborted).toBe(false);
  await until(() => signal.aborted, { what: "the signal", everyMs: 5 });
  expect(signal.reason).toMatchObject({ name: "TimeoutError" });
});

it("fires with another signal, with its reason, also when that has fired before", () => {
  const [early, late] = [new AbortController(), new AbortController()];
  const signal = abortAfter(60_000, early.signal, late.signal);
  early.abort("first");
  late.abort("second");
  expect(signal).toMatchObject({ aborted: true, reason: "first" });
  expect(abortAfter(60_000, late.signal)).toMatchObject({ aborted: true, reason: "second" });
});

it("fires though nobody holds its parts and memory is collected", async () => {
  const waiting = Array.from({ length: 20 }, () => abortAfter(200, new AbortController().signal));
  // Enough garbage for several collections.
  for (let round = 0; round < 200; round += 1) Array.from({ length: 20_000 }, () => ({ round }));
  await until(() => waiting.every(({ aborted }) => aborted), { what: "all signals" });
  expect(waiting.every(({ aborted }) => aborted)).toBe(true);
});
