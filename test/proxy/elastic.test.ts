import { describe, expect, it } from "vitest";

import type { Input } from "../../src/proxy/state-types.ts";
import { ending, Machine } from "./machine.ts";

/** Generations 1 to `count` serve configuration 0, of at most `most`. */
function serving(count: number, most = 4): Machine {
  const machine = new Machine();
  machine.most = [most, most];
  machine.bootFirst({ ready: 10_000 });
  for (let generation = 2; generation <= count; generation += 1) {
    machine.take({ type: "grow" });
    machine.makeReady(generation);
  }
  machine.now += 10_000;
  return machine;
}

function statuses(machine: Machine): string[] {
  return machine.state.generations.map(({ id, status }) => `${id} ${status}`);
}

describe("more and less", () => {
  it("forks one more, which joins the first", () => {
    const machine = serving(1);
    expect(machine.take({ type: "grow" })).toEqual(["start 2 1 0 further"]);
    expect(machine.makeReady(2)).toEqual(["add 2"]);
    expect(statuses(machine)).toEqual(["1 serving", "2 serving"]);
  });

  it("forks one at a time", () => {
    const machine = serving(1);
    machine.take({ type: "grow" });
    expect(machine.take({ type: "grow" })).toEqual([]);
    machine.makeReady(2);
    expect(machine.take({ type: "grow" })).toEqual(["start 3 1 0 further"]);
  });

  it("stops at the configuration's limit", () => {
    expect(serving(2, 2).events({ type: "grow" })).toEqual([]);
    expect(serving(1, 1).events({ type: "grow" })).toEqual([]);
  });

  it("leaves alone what cannot be forked", () => {
    const machine = new Machine();
    machine.most = [4];
    machine.bootFirst({ fork: false });
    expect(machine.take({ type: "grow" })).toEqual([]);
    expect(machine.state.target).toBe(1);
  });

  it("drains the newest, and never the last", () => {
    const machine = serving(2);
    expect(machine.take({ type: "shrink" })).toEqual(["drain 2"]);
    expect(machine.take({ type: "drained", generation: 2 })).toEqual(["stop-generation 2"]);
    expect(machine.take({ type: "shrink" })).toEqual([]);
    expect(machine.take({ type: "ended", generation: 2, end: ending() })).toEqual([]);
    expect(machine.state.deaths).toEqual([]);
    expect(statuses(machine)).toEqual(["1 serving"]);
  });

  it("waits with less while one is coming", () => {
    const machine = serving(2);
    machine.take({ type: "grow" });
    expect(machine.take({ type: "shrink" })).toEqual([]);
  });

  const failing: [string, Input][] = [
    ["ends by configuration", { type: "ended", generation: 3, end: ending({ permanent: true }) }],
    ["is killed while it boots", { type: "ended", generation: 3, end: ending() }],
    ["is never ready", { type: "unready", generation: 3, end: ending({ kind: "unready" }) }],
    ["has no room", { type: "refused", generation: 3, reason: "fork", errno: 12 }],
    [
      "cannot be forked any more",
      { type: "refused", generation: 3, reason: "unsafe", errno: null },
    ],
    ["has no socket", { type: "refused", generation: 3, reason: "socket-path", errno: null }],
  ];
  for (const [name, input] of failing) {
    it(`goes on with those that serve when a further one ${name}`, () => {
      const machine = serving(2);
      machine.take({ type: "grow" });
      if (input.type !== "refused") machine.take({ type: "started", generation: 3 });
      const effects = machine.take(input);
      expect(effects.filter((effect) => !effect.startsWith("kill"))).toEqual([]);
      expect(machine.state).toMatchObject({ mode: "running", deaths: [], target: 2 });
      expect(statuses(machine).slice(0, 2)).toEqual(["1 serving", "2 serving"]);
    });
  }
});

describe("a crash among several", () => {
  it("costs one death and is mended beside the other", () => {
    const machine = serving(2);
    expect(machine.take({ type: "ended", generation: 1, end: ending() })).toEqual([
      "start 3 1 0 further",
    ]);
    expect(machine.state.deaths).toHaveLength(1);
    expect(statuses(machine)).toEqual(["2 serving", "3 ordered"]);
    expect(machine.makeReady(3)).toEqual(["add 3"]);
  });

  it("is mended later after a short run", () => {
    const machine = serving(2);
    machine.take({ type: "grow" });
    machine.makeReady(3);
    expect(machine.take({ type: "ended", generation: 3, end: ending() })).toEqual([
      "retry-after 1000",
    ]);
    expect(machine.take({ type: "grow" })).toEqual([]);
    expect(machine.take({ type: "retry" })).toEqual(["start 4 1 0 further"]);
  });

  it("of the keeper is one death, and as many come back, the first one first", () => {
    const machine = serving(3);
    machine.take({ type: "keeper-ended", keeper: 1, end: ending() });
    expect(machine.state.deaths).toHaveLength(1);
    expect(machine.take({ type: "imported", keeper: 2, fork: true })).toEqual(["start 4 2 0"]);
    expect(machine.makeReady(4)).toEqual(["add 4", "start 5 2 0 further"]);
    expect(machine.makeReady(5)).toEqual(["add 5", "start 6 2 0 further"]);
    expect(machine.makeReady(6)).toEqual(["add 6"]);
  });
});

describe("a reload with several", () => {
  it("switches to the first that is ready, drains all old ones and brings the others up", () => {
    const machine = serving(2);
    expect(machine.take({ type: "serve", spec: 1 })).toEqual(["start 3 1 1"]);
    expect(machine.makeReady(3)).toEqual(["add 3", "drain 1", "drain 2", "start 4 1 1 further"]);
    expect(machine.makeReady(4)).toEqual(["add 4"]);
    expect(statuses(machine)).toEqual(["1 draining", "2 draining", "3 serving", "4 serving"]);
  });

  it("leaves all old ones when the new configuration does not come up", () => {
    const machine = serving(2);
    machine.take({ type: "serve", spec: 1 });
    machine.take({ type: "started", generation: 3 });
    machine.take({ type: "ended", generation: 3, end: ending({ permanent: true }) });
    expect(machine.state).toMatchObject({ mode: "running", wanted: 0, deaths: [] });
    expect(statuses(machine)).toEqual(["1 serving", "2 serving"]);
  });

  it("brings up no more than the new configuration may have", () => {
    const machine = serving(2);
    machine.most = [2, 1];
    machine.take({ type: "serve", spec: 1 });
    expect(machine.makeReady(3)).toEqual(["add 3", "drain 1", "drain 2"]);
  });

  it("leaves the serving ones alone where their keeper can fork no more", () => {
    const machine = serving(1);
    machine.take({ type: "serve", spec: 1 });
    const refused = { type: "refused", generation: 2, reason: "unsafe", errno: null } as const;
    expect(machine.take(refused)).toEqual(["spawn-keeper 2"]);
    expect(statuses(machine)).toEqual(["1 serving"]);
    machine.take({ type: "imported", keeper: 2, fork: true });
    expect(machine.makeReady(3)).toEqual(["add 3", "drain 1"]);
    machine.take({ type: "drained", generation: 1 });
    expect(machine.take({ type: "ended", generation: 1, end: ending() })).toEqual([
      "quit-keeper 1",
    ]);
    machine.take({ type: "keeper-ended", keeper: 1, end: ending() });
    expect(machine.state.deaths).toEqual([]);
  });
});

describe("recycling", () => {
  it("replaces the large one when another is ready", () => {
    const machine = serving(2);
    expect(machine.take({ type: "recycle", generation: 1, mb: 900 })).toEqual([
      "start 3 1 0 further",
    ]);
    expect(statuses(machine)).toEqual(["1 serving", "2 serving", "3 ordered"]);
    expect(machine.makeReady(3)).toEqual(["add 3", "drain 1"]);
    expect(machine.state).toMatchObject({ recycled: 1, deaths: [], target: 2 });
  });

  it("is asked for once", () => {
    const machine = serving(1);
    machine.take({ type: "recycle", generation: 1, mb: 900 });
    expect(machine.events({ type: "recycle", generation: 1, mb: 901 })).toEqual([]);
  });

  it("leaves the large one serving when the other does not come up", () => {
    const machine = serving(1);
    machine.take({ type: "recycle", generation: 1, mb: 900 });
    machine.take({ type: "started", generation: 2 });
    expect(machine.events({ type: "ended", generation: 2, end: ending() })).toEqual([
      "proxy.ended",
      "proxy.forgone",
    ]);
    expect(machine.state).toMatchObject({ mode: "running", recycled: 0, deaths: [] });
    expect(machine.state.generations).toMatchObject([{ id: 1, status: "serving", tired: false }]);
  });

  it("uses another keeper where nothing can be forked", () => {
    const machine = new Machine().bootFirst({ fork: false });
    expect(machine.take({ type: "recycle", generation: 1, mb: 900 })).toEqual(["spawn-keeper 2"]);
    expect(machine.take({ type: "imported", keeper: 2, fork: false })).toEqual(["start 2 2 0"]);
    expect(machine.makeReady(2)).toEqual(["add 2", "drain 1", "standby-after 5000"]);
  });
});

describe("a hang", () => {
  it("is a death: killed, and another started at once after a stable run", () => {
    const machine = serving(1);
    expect(machine.take({ type: "hung", generation: 1, end: ending() })).toEqual([
      "kill-generation 1",
      "start 2 1 0",
    ]);
    expect(machine.take({ type: "ended", generation: 1, end: ending() })).toEqual([]);
    expect(machine.state.deaths).toHaveLength(1);
  });

  it("is given up at the limit like any death", () => {
    const machine = new Machine(1).bootFirst({ ready: 10_000 });
    machine.take({ type: "hung", generation: 1, end: ending() });
    expect(machine.state.mode).toBe("failed");
  });

  it("of what drains already is left to the drain's own limit", () => {
    const machine = serving(2);
    machine.take({ type: "shrink" });
    expect(machine.take({ type: "hung", generation: 2, end: ending() })).toEqual([]);
    machine.take({ type: "stop" });
    expect(machine.take({ type: "hung", generation: 1, end: ending() })).toEqual([]);
  });
});
