import { constants } from "node:os";

import { expect, it } from "vitest";

import type { Failure } from "../../src/instance/worker-policy.ts";
import { decideRestart } from "../../src/instance/worker-policy.ts";

const FAILED = { code: 1, signal: null };
const MINUTE = 60_000;
const short = (...ats: readonly number[]): Failure[] => ats.map((at) => ({ at, ranMs: 5 }));

it.each([
  ["a success", { code: 0, signal: null }, short(0), { kind: "end" }],
  ["the first failure", FAILED, short(0), { kind: "restart", afterMs: 1_000 }],
  ["the second", FAILED, short(0, 2_000), { kind: "restart", afterMs: 2_000 }],
  ["the fourth", FAILED, short(0, 1, 2, 3), { kind: "restart", afterMs: 8_000 }],
  ["the fifth in ten minutes", FAILED, short(0, 1, 2, 3, 4), { kind: "give up" }],
  ["old ones", FAILED, short(0, 1, 2, 3, 11 * MINUTE), { kind: "restart", afterMs: 1_000 }],
  ["a signal", { code: null, signal: "SIGKILL" }, short(0), { kind: "restart", afterMs: 1_000 }],
  ["a long run", FAILED, [{ at: 0, ranMs: MINUTE }], { kind: "restart", afterMs: 0 }],
] as const)("%s of a daemon's worker", (_, status, failures, expected) => {
  expect(decideRestart("on-failure", status, failures)).toEqual(expected);
});

it("ends with the worker in the foreground, whatever its status", () => {
  for (const status of [
    FAILED,
    { code: 0, signal: null },
    { code: null, signal: "SIGTERM" } as const,
  ]) {
    expect(decideRestart("once", status, short(0))).toEqual({ kind: "end" });
  }
});

it("starts a daemon's worker again after every end but 0", () => {
  const signals = Object.keys(constants.signals) as NodeJS.Signals[];
  const deaths = signals.map((signal) => ({ code: null, signal }));
  const codes = Array.from({ length: 256 }, (_, code) => ({ code, signal: null }));
  for (const status of [...codes, ...deaths]) {
    const { kind } = decideRestart("on-failure", status, short(0));
    expect(kind).toBe(status.code === 0 ? "end" : "restart");
  }
});
