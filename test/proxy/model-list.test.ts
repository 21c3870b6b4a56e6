import { describe, expect, it } from "vitest";

import type { Readiness } from "../../src/proxy/model-list.ts";
import { judgeModelList } from "../../src/proxy/model-list.ts";

function judge(
  exact: string[],
  wildcard: string[],
  listed: readonly unknown[],
  status = 200,
): Readiness | null {
  const body = JSON.stringify({ object: "list", data: listed });
  return judgeModelList({ status, body }, { exact, wildcard });
}

const ids = (...names: string[]) => names.map((id) => ({ id, object: "model" }));

describe("the list of models", () => {
  it("is complete when every name is there, in any order, with others beside", () => {
    expect(judge(["a", "b/c"], [], ids("x", "b/c", "a"))).toEqual({ ready: true, missing: [] });
  });

  it("tells the names that LiteLLM dropped", () => {
    expect(judge(["a", "A", "b"], ["openai/*", "my-*"], ids("a", "openai/gpt-4o"))).toEqual({
      ready: true,
      missing: ["A", "b", "my-*"],
    });
  });

  it("takes a wildcard for listed by itself or by a name that fits, nothing else", () => {
    expect(judge([], ["openai/*"], ids("openai/*"))).toEqual({ ready: true, missing: [] });
    expect(judge(["m"], ["a.b/*"], ids("m", "axb/c"))).toMatchObject({ missing: ["a.b/*"] });
    expect(judge(["m"], ["claude-*-4"], ids("m", "claude-sonnet-4"))).toMatchObject({
      missing: [],
    });
  });

  it("means failure when no name is there", () => {
    expect(judge(["a"], ["b/*"], ids("other"))).toEqual({
      ready: false,
      reason: "LiteLLM serves none of the configured models",
    });
    expect(judge([], [], [])).toEqual({ ready: true, missing: [] });
  });

  for (const status of [400, 401, 403]) {
    it(`means another process or key on ${status}`, () => {
      expect(judge(["a"], [], [], status)).toMatchObject({ ready: false });
    });
  }

  it("is not there yet on any other answer", () => {
    expect(judge(["a"], [], [], 503)).toBeNull();
    for (const body of ["<html>", "null", "[]", '{"data":{}}', ""]) {
      expect(judgeModelList({ status: 200, body }, { exact: ["a"], wildcard: [] })).toBeNull();
    }
    expect(judge(["a"], [], [null, 3, { id: 4 }, { id: "a" }])).toEqual({
      ready: true,
      missing: [],
    });
  });
});
