import { expect, it } from "vitest";

import { pauseBefore, recentDeaths } from "../../src/proxy/backoff.ts";

it("doubles from one second to thirty", () => {
  const pauses = [0, 1, 2, 3, 4, 5, 6, 50].map((failures) => pauseBefore(failures, 0));
  expect(pauses).toEqual([1, 2, 4, 8, 16, 30, 30, 30].map((seconds) => seconds * 1000));
});

it("spreads each pause over its last fifth", () => {
  expect([0, 0.5, 1].map((random) => pauseBefore(2, random))).toEqual([4_000, 3_600, 3_200]);
});

it("forgets deaths after ten minutes", () => {
  expect(recentDeaths([0, 1, 300_000, 599_999], 600_000)).toEqual([1, 300_000, 599_999]);
});
