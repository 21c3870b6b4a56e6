import { availableParallelism } from "node:os";

import { describe, expect, it } from "vitest";

import { generationOf, isSameGeneration } from "../../src/instance/generation.ts";
import { createCookie } from "../../src/platform/cookie.ts";
import { instancePaths } from "../../src/state/paths.ts";
import { prepare } from "../litellm/prepared.ts";

const MODEL = "model_list: [{model_name: m, litellm_params: {model: openai/gpt-4o, api_key: k}}]\n";
const session = { paths: instancePaths("/home/user/.kubiya", "q", {}), cookie: createCookie("q") };

function generation(more = "") {
  return generationOf(session, prepare(MODEL + more));
}

describe("how many may serve a configuration", () => {
  it("as many as there are cores, or as many as it says", () => {
    expect(generation().most).toBe(availableParallelism());
    expect(generation("sidelite: {max-generations: 7}")).toMatchObject({ most: 7, whyOne: null });
    expect(generation("sidelite: {max-generations: 1}")).toMatchObject({
      most: 1,
      whyOne: "sidelite.max-generations is 1",
    });
  });

  it("one where it keeps state in the process, whatever it says", () => {
    const counting = "litellm_settings: {max_budget: 5}\nsidelite: {max-generations: 7}";
    expect(generation(counting)).toMatchObject({
      most: 1,
      whyOne: "the configuration keeps state in the process: budgets",
    });
    const told = prepare(MODEL + counting).problems.map(({ path }) => path);
    expect(told).toContain("sidelite.max-generations");
  });

  it("a change of it, or of the memory limit, is another generation", () => {
    const limits = "sidelite: {max-generations: 2, recycle-at-mb: 900}";
    const serving = generation(limits);
    expect(serving.recycleAtMb).toBe(900);
    expect(isSameGeneration(serving, prepare(MODEL + limits))).toBe(true);
    for (const other of ["{max-generations: 3, recycle-at-mb: 900}", "{max-generations: 2}"]) {
      expect(isSameGeneration(serving, prepare(`${MODEL}sidelite: ${other}`))).toBe(false);
    }
  });
});
