import { constants } from "node:os";
import { describe, expect, it } from "vitest";

import { toExitCode } from "../../src/platform/exit-status.ts";

describe("toExitCode", () => {
  it("keeps every code", () => {
    const codes = Array.from({ length: 256 }, (_, code) => code);
    expect(codes.map((code) => toExitCode({ code, signal: null }))).toEqual(codes);
  });

  it("adds 128 to a signal's number", () => {
    expect(toExitCode({ code: null, signal: "SIGKILL" })).toBe(137);
    expect(toExitCode({ code: null, signal: "SIGSEGV" })).toBe(139);
    expect(toExitCode({ code: null, signal: "SIGUSR1" })).toBe(128 + constants.signals.SIGUSR1);
  });

  it("is no success when neither is known", () => {
    expect(toExitCode({ code: null, signal: null })).toBe(1);
  });
});
