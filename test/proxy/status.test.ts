import { expect, it } from "vitest";

import { describeState } from "../../src/proxy/status.ts";
import { Machine } from "./machine.ts";

const pidOf = (generation: number) => 100 + generation;

it("says how many serve, and why only one", () => {
  const many = { most: 4, whyOne: null };
  const machine = new Machine();
  machine.most = [4];
  expect(describeState(machine.state, null, pidOf).processes).toEqual({
    serving: 0,
    most: 1,
    whyOne: null,
  });
  machine.bootFirst();
  machine.take({ type: "grow" });
  expect(describeState(machine.state, many, pidOf).processes.serving).toBe(1);
  machine.makeReady(2);
  const status = describeState(machine.state, many, pidOf);
  expect(status.processes).toEqual({ serving: 2, most: 4, whyOne: null });
  expect(status.generations.map(({ name, pid }) => `${name} ${pid}`)).toEqual(["g1 101", "g2 102"]);
  expect(describeState(machine.state, { most: 1, whyOne: "budgets" }, pidOf).processes.whyOne).toBe(
    "budgets",
  );
});

it("names a system that cannot fork as the reason, unless there is another", () => {
  const machine = new Machine().bootFirst({ fork: false });
  const { processes } = describeState(machine.state, { most: 4, whyOne: null }, pidOf);
  expect(processes).toEqual({
    serving: 1,
    most: 1,
    whyOne: "LiteLLM's process cannot be forked here",
  });
  const limited = describeState(machine.state, { most: 1, whyOne: "budgets" }, pidOf);
  expect(limited.processes.whyOne).toBe("budgets");
});
