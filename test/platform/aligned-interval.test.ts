import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { setAlignedInterval } from "../../src/platform/aligned-interval.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** When each fires in the next 8 s, in ms from the first multiple of `grid`. */
function moments(grid: number, intervals: readonly { startsAt: number; ms: number }[]): number[][] {
  vi.advanceTimersByTime(grid - (performance.now() % grid));
  const from = performance.now();
  const fired = intervals.map(() => [] as number[]);
  const stops: (() => void)[] = [];
  intervals.forEach(({ startsAt, ms }, index) => {
    setTimeout(() => {
      stops.push(setAlignedInterval(ms, () => fired[index]?.push(performance.now() - from)));
    }, startsAt);
  });
  vi.advanceTimersByTime(8_000);
  for (const stop of stops) stop();
  vi.advanceTimersByTime(8_000);
  return fired;
}

it("fires at multiples of its length, together with others, until it is ended", () => {
  const [ones, twos, late] = moments(4_000, [
    { startsAt: 10, ms: 1_000 },
    { startsAt: 1_300, ms: 2_000 },
    { startsAt: 700, ms: 4_000 },
  ]);
  expect(ones).toEqual([1_000, 2_000, 3_000, 4_000, 5_000, 6_000, 7_000, 8_000]);
  expect(twos).toEqual([2_000, 4_000, 6_000, 8_000]);
  expect(late).toEqual([4_000, 8_000]);
});
