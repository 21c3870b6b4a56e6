import { describe, expect, it } from "vitest";

import { chooseTired } from "../../src/proxy/recycler.ts";
import type { Load } from "../../src/proxy/scaler.ts";
import { NOT_QUIET, scale } from "../../src/proxy/scaler.ts";

const busy: Load = { cores: 0.95, inFlight: 8 };
const idle: Load = { cores: 0.01, inFlight: 0 };

describe("one more", () => {
  const table: [string, Load[], "grow" | null][] = [
    ["a full core and waiting requests", [busy], "grow"],
    ["just enough of both", [{ cores: 0.8, inFlight: 2 }], "grow"],
    ["one of several is full", [idle, busy], "grow"],
    ["a request alone: it could not be split", [{ cores: 1, inFlight: 1 }], null],
    ["many requests that only wait", [{ cores: 0.5, inFlight: 100 }], null],
    ["CPU not known yet", [{ cores: null, inFlight: 8 }], null],
    ["as many as may be", [busy, busy, busy], null],
  ];
  for (const [name, loads, order] of table) {
    it(`${order === null ? "not for" : "for"} ${name}`, () => {
      expect(scale(NOT_QUIET, loads, { now: 0, most: 3 }).order).toBe(order);
    });
  }
});

describe("one less", () => {
  const run = (loadsAt: (second: number) => Load[], seconds: number): number | null => {
    let state = NOT_QUIET;
    for (let second = 0; second <= seconds; second += 1) {
      const step = scale(state, loadsAt(second), { now: second * 1000, most: 2 });
      if (step.order === "shrink") return second;
      state = step.state;
    }
    return null;
  };

  it("after half a minute in which the others could have done it all", () => {
    expect(run(() => [idle, { cores: 0.4, inFlight: 1 }], 60)).toBe(30);
  });

  it("not while they could not, or nobody knows", () => {
    expect(
      run(
        () => [
          { cores: 0.3, inFlight: 1 },
          { cores: 0.3, inFlight: 1 },
        ],
        120,
      ),
    ).toBeNull();
    expect(run(() => [idle, { cores: null, inFlight: 0 }], 120)).toBeNull();
  });

  it("from the start again after each busy second", () => {
    expect(run((second) => (second === 20 ? [busy, idle] : [idle, idle]), 60)).toBe(51);
  });

  it("never the last one", () => {
    expect(run(() => [idle], 120)).toBeNull();
  });
});

describe("a large one", () => {
  const uses = [
    { generation: 1, mb: 400 },
    { generation: 2, mb: 600 },
    { generation: 3, mb: 550 },
  ];
  const MINUTE = 60_000;

  it("is the largest at or above the limit", () => {
    const now = { now: 0, recycledAt: null };
    expect(chooseTired(uses, 500, now)).toEqual({ generation: 2, mb: 600 });
    expect(chooseTired(uses, 600, now)).toEqual({ generation: 2, mb: 600 });
    expect(chooseTired(uses, 601, now)).toBeNull();
    expect(chooseTired([], 1, now)).toBeNull();
  });

  it("is replaced once in ten minutes at most", () => {
    expect(chooseTired(uses, 500, { now: 9 * MINUTE, recycledAt: 0 })).toBeNull();
    expect(chooseTired(uses, 500, { now: 10 * MINUTE, recycledAt: 0 })?.generation).toBe(2);
  });
});
