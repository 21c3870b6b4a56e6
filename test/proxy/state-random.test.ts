import type { Arbitrary } from "fast-check";
import { array, assert, boolean, constantFrom, integer, oneof, property, record } from "fast-check";
import { expect, it } from "vitest";

import type { Input, ProxyState } from "../../src/proxy/state-types.ts";
import { ending, Machine } from "./machine.ts";

/** Generations at once. */
const MOST = 3;
const number = integer({ min: 1, max: 4 });
const end = constantFrom(ending(), ending({ permanent: true }), ending({ kind: "unready" }));
const reason = constantFrom("fork", "unsafe", "closing", "duplicate" as const);

const anything: Arbitrary<Input> = oneof(
  record({ type: constantFrom("serve" as const), spec: integer({ min: 0, max: 2 }) }),
  record({ type: constantFrom("imported" as const), keeper: number, fork: boolean() }),
  record({ type: constantFrom("started" as const, "drained" as const), generation: number }),
  record({
    type: constantFrom("ready" as const),
    generation: number,
    missing: constantFrom<readonly string[]>([], ["m"]),
    ms: constantFrom(5),
  }),
  record({
    type: constantFrom("unready" as const, "ended" as const, "hung" as const),
    generation: number,
    end,
  }),
  constantFrom<Input>({ type: "grow" }, { type: "shrink" }),
  record({ type: constantFrom("recycle" as const), generation: number, mb: constantFrom(900) }),
  record({ type: constantFrom("keeper-ended" as const), keeper: number, end }),
  record({
    type: constantFrom("refused" as const),
    generation: number,
    reason,
    errno: constantFrom(null),
  }),
  constantFrom<Input>({ type: "retry" }, { type: "standby" }),
  record({ type: constantFrom("stop" as const) }),
);

function check(before: ProxyState, input: Input, after: ProxyState, effects: string[]): void {
  const coming = after.generations.filter(
    ({ status }) => status === "ordered" || status === "booting",
  );
  expect(coming.length, "one generation comes at a time").toBeLessThanOrEqual(1);
  const serving = after.generations.filter(({ status }) => status === "serving");
  expect(serving.length, "no more serve than may").toBeLessThanOrEqual(MOST);
  const specs = new Set(serving.map(({ spec }) => spec));
  expect(specs.size, "one configuration is served").toBeLessThanOrEqual(1);
  const importing = after.keepers.filter(({ status }) => status === "importing");
  expect(importing.length, "one keeper imports at a time").toBeLessThanOrEqual(1);
  for (const { keeper } of after.generations) {
    expect(
      after.keepers.some(({ id }) => id === keeper),
      "no generation without a keeper",
    ).toBe(true);
  }
  if (after.mode !== "running") {
    expect(
      effects.filter((effect) => /^(start|spawn|probe|add|retry|standby)/.test(effect)),
    ).toEqual([]);
  }
  if (isStandbysEnd(before, input)) {
    expect([after.mode, after.deaths], "a standby's end is no death").toEqual([
      before.mode,
      before.deaths,
    ]);
  }
  if (after.mode === "failed") expect(after.failure).not.toBeNull();
  if (before.mode === "stopped") expect(after).toEqual(before);
  if (before.mode === "stopping") expect(["stopping", "stopped"]).toContain(after.mode);
  if (after.mode === "running" && after.wanted !== null) {
    const isSomethingUnderWay =
      after.pausing || importing.length + coming.length + serving.length > 0;
    expect(isSomethingUnderWay, `nothing goes on after ${input.type}`).toBe(true);
  }
}

/** Nobody waited for it: what is wanted is served by another keeper. */
function isStandbysEnd({ generations, wanted, mode }: ProxyState, input: Input): boolean {
  if (input.type !== "keeper-ended" || mode !== "running") return false;
  return (
    generations.every(({ keeper }) => keeper !== input.keeper) &&
    generations.some(({ status, spec, tired }) => status === "serving" && spec === wanted && !tired)
  );
}

it("keeps its promises whatever happens in whatever order", () => {
  assert(
    property(array(anything, { minLength: 1, maxLength: 40 }), (inputs) => {
      const machine = new Machine();
      machine.most = [MOST, 1, MOST];
      machine.take({ type: "begin" });
      for (const input of inputs) {
        machine.now += 3_000;
        const before = machine.state;
        const effects = machine.take(input);
        check(before, input, machine.state, effects);
      }
    }),
    { numRuns: 2_000 },
  );
});
