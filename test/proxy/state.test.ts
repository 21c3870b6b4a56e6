import { describe, expect, it } from "vitest";

import { INITIAL } from "../../src/proxy/state.ts";
import type { Input } from "../../src/proxy/state-types.ts";
import { ending, Machine } from "./machine.ts";

const CONFIGURATION = ending({ kind: "configuration", permanent: true });
const UNREADY = ending({ kind: "unready" });

describe("start", () => {
  it("imports at once and forks when the configuration is there", () => {
    const machine = new Machine();
    expect(machine.take({ type: "begin" })).toEqual(["spawn-keeper 1"]);
    expect(machine.take({ type: "imported", keeper: 1, fork: true })).toEqual([]);
    expect(machine.take({ type: "serve", spec: 0 })).toEqual(["start 1 1 0"]);
    expect(machine.take({ type: "started", generation: 1 })).toEqual(["probe 1"]);
    expect(machine.take({ type: "ready", generation: 1, missing: [], ms: 5 })).toEqual(["add 1"]);
    expect(machine.state.proven).toBe(0);
  });

  it("waits for the import when the configuration is there first", () => {
    const machine = new Machine();
    machine.take({ type: "begin" });
    expect(machine.take({ type: "serve", spec: 0 })).toEqual([]);
    expect(machine.take({ type: "imported", keeper: 1, fork: true })).toEqual(["start 1 1 0"]);
  });

  it("takes the latest configuration of several", () => {
    const machine = new Machine();
    machine.take({ type: "begin" });
    machine.take({ type: "imported", keeper: 1, fork: true });
    machine.take({ type: "serve", spec: 0 });
    expect(machine.take({ type: "serve", spec: 1 })).toEqual(["kill-generation 1", "start 2 1 1"]);
    expect(machine.take({ type: "started", generation: 1 })).toEqual([]);
    expect(machine.take({ type: "ended", generation: 1, end: ending() })).toEqual([]);
    expect(machine.state.deaths).toEqual([]);
  });
});

describe("first boot", () => {
  const failing: [string, Input][] = [
    ["a configuration-class exit", { type: "ended", generation: 1, end: CONFIGURATION }],
    ["a configuration that never gets ready", { type: "unready", generation: 1, end: UNREADY }],
    ["an import that fails", { type: "keeper-ended", keeper: 1, end: CONFIGURATION }],
    [
      "a socket that cannot be made",
      { type: "refused", generation: 1, reason: "socket-path", errno: null },
    ],
  ];
  for (const [name, input] of failing) {
    it(`is given up at once on ${name}`, () => {
      const machine = new Machine();
      machine.take({ type: "begin" });
      machine.take({ type: "serve", spec: 0 });
      machine.take({ type: "imported", keeper: 1, fork: true });
      if (input.type !== "refused") machine.take({ type: "started", generation: 1 });
      const effects = machine.take(input);
      expect(machine.state.mode).toBe("failed");
      expect(effects.some((effect) => effect.startsWith("refuse LiteLLM failed: "))).toBe(true);
      expect(effects.filter((effect) => /^(start|spawn|retry)/.test(effect))).toEqual([]);
      expect(machine.state.keepers.every(({ status }) => status === "closing")).toBe(true);
    });
  }

  it("is tried again after a kill, later and later, and given up at the fifth", () => {
    const machine = new Machine();
    machine.take({ type: "begin" });
    machine.take({ type: "serve", spec: 0 });
    machine.take({ type: "imported", keeper: 1, fork: true });
    const pauses: string[] = [];
    for (let generation = 1; generation <= 5; generation += 1) {
      machine.take({ type: "started", generation });
      pauses.push(...machine.take({ type: "ended", generation, end: ending() }));
      expect(machine.take({ type: "imported", keeper: 1, fork: true })).toEqual([]);
      machine.take({ type: "retry" });
    }
    expect(pauses.slice(0, 4)).toEqual([1, 2, 4, 8].map((s) => `retry-after ${s}000`));
    expect(machine.state.mode).toBe("failed");
    expect(machine.state.failure?.cause.summary).toBe(
      "it was killed; it died 5 times within 10 minutes",
    );
  });
});

describe("crash", () => {
  it("is mended at once after a stable run", () => {
    const machine = new Machine().bootFirst({ ready: 10_000 });
    expect(machine.take({ type: "ended", generation: 1, end: ending() })).toEqual(["start 2 1 0"]);
    expect(machine.makeReady(2)).toEqual(["add 2"]);
    expect(machine.state.deaths).toHaveLength(1);
  });

  it("is mended after a pause when the run was short", () => {
    const machine = new Machine().bootFirst({ ready: 9_999 });
    expect(machine.take({ type: "ended", generation: 1, end: ending() })).toEqual([
      "retry-after 1000",
    ]);
    expect(machine.take({ type: "retry" })).toEqual(["start 2 1 0"]);
  });

  it("of a serving generation is no configuration fault, whatever its exit says", () => {
    const machine = new Machine().bootFirst({ ready: 20_000 });
    expect(machine.take({ type: "ended", generation: 1, end: CONFIGURATION })).toEqual([
      "start 2 1 0",
    ]);
  });

  it("is given up when the restart fails by configuration", () => {
    const machine = new Machine().bootFirst({ ready: 20_000 });
    machine.take({ type: "ended", generation: 1, end: ending() });
    machine.take({ type: "started", generation: 2 });
    machine.take({ type: "ended", generation: 2, end: CONFIGURATION });
    expect(machine.state.mode).toBe("failed");
  });

  it("counts again when the restart does not get ready", () => {
    const machine = new Machine().bootFirst({ ready: 20_000 });
    machine.take({ type: "ended", generation: 1, end: ending() });
    machine.take({ type: "started", generation: 2 });
    expect(machine.take({ type: "unready", generation: 2, end: UNREADY })).toEqual([
      "kill-generation 2",
      "retry-after 1000",
    ]);
    expect(machine.state.deaths).toHaveLength(2);
    expect(machine.take({ type: "ended", generation: 2, end: ending() })).toEqual([]);
    expect(machine.state.deaths).toHaveLength(2);
  });

  it("loop every 30 s ends at the limit; deaths older than ten minutes are forgiven", () => {
    const crashEvery = (ms: number): Machine => {
      const machine = new Machine().bootFirst();
      for (let generation = 1; generation <= 12 && machine.state.mode === "running";) {
        machine.now += ms;
        machine.take({ type: "ended", generation, end: ending() });
        generation += 1;
        machine.makeReady(generation);
      }
      return machine;
    };
    expect(crashEvery(30_000).state).toMatchObject({ mode: "failed", lastGeneration: 5 });
    expect(crashEvery(200_000).state).toMatchObject({ mode: "running", lastGeneration: 13 });
  });

  it("of the keeper is one death, and a new keeper starts what was served", () => {
    const machine = new Machine().bootFirst({ ready: 10_000 });
    expect(machine.take({ type: "keeper-ended", keeper: 1, end: ending() })).toEqual([
      "spawn-keeper 2",
    ]);
    expect(machine.state.generations).toEqual([]);
    expect(machine.state.deaths).toHaveLength(1);
    expect(machine.take({ type: "imported", keeper: 2, fork: true })).toEqual(["start 2 2 0"]);
  });

  it("of a keeper without a configuration is mended, too", () => {
    const machine = new Machine();
    machine.take({ type: "begin" });
    expect(machine.take({ type: "keeper-ended", keeper: 1, end: ending() })).toEqual([
      "retry-after 1000",
    ]);
    machine.take({ type: "serve", spec: 0 });
    expect(machine.state.keepers.map(({ id }) => id)).toEqual([2]);
  });

  it("without room for a process waits and is no death", () => {
    const machine = new Machine().bootFirst({ ready: 10_000 });
    machine.take({ type: "ended", generation: 1, end: ending() });
    const refused = { type: "refused", generation: 2, reason: "fork", errno: 11 } as const;
    expect(machine.take(refused)).toEqual(["retry-after 1000"]);
    expect(machine.state.deaths).toHaveLength(1);
    expect(machine.take({ type: "retry" })).toEqual(["start 3 1 0"]);
  });

  it("uses a fresh keeper where a fork is no longer safe", () => {
    const machine = new Machine().bootFirst({ ready: 10_000 });
    machine.take({ type: "ended", generation: 1, end: ending() });
    const refused = { type: "refused", generation: 2, reason: "unsafe", errno: null } as const;
    expect(machine.take(refused)).toEqual(["quit-keeper 1", "retry-after 1000"]);
    expect(machine.take({ type: "keeper-ended", keeper: 1, end: ending() })).toEqual([]);
    expect(machine.take({ type: "retry" })).toEqual(["spawn-keeper 2"]);
  });
});

describe("reload", () => {
  it("switches when the new generation is ready, then drains and stops the old one", () => {
    const machine = new Machine().bootFirst();
    expect(machine.take({ type: "serve", spec: 1 })).toEqual(["start 2 1 1"]);
    expect(machine.makeReady(2)).toEqual(["add 2", "drain 1"]);
    expect(machine.take({ type: "drained", generation: 1 })).toEqual(["stop-generation 1"]);
    expect(machine.take({ type: "ended", generation: 1, end: ending() })).toEqual([]);
    expect(machine.state).toMatchObject({ proven: 1, deaths: [] });
  });

  for (const [name, end] of Object.entries({ CONFIGURATION, KILLED: ending() })) {
    it(`leaves the old one serving when the new one ends by ${name}`, () => {
      const machine = new Machine().bootFirst();
      machine.take({ type: "serve", spec: 1 });
      machine.take({ type: "started", generation: 2 });
      expect(machine.events({ type: "ended", generation: 2, end })).toEqual([
        "proxy.ended",
        "proxy.rejected",
      ]);
      expect(machine.state).toMatchObject({ mode: "running", wanted: 0, deaths: [] });
      expect(machine.state.generations).toMatchObject([{ id: 1, status: "serving" }]);
    });
  }

  it("goes back to the last good configuration when the old one died meanwhile", () => {
    const machine = new Machine().bootFirst({ ready: 10_000 });
    machine.take({ type: "serve", spec: 1 });
    machine.take({ type: "started", generation: 2 });
    expect(machine.take({ type: "ended", generation: 1, end: ending() })).toEqual([]);
    expect(machine.take({ type: "unready", generation: 2, end: UNREADY })).toEqual([
      "kill-generation 2",
      "start 3 1 0",
    ]);
  });

  it("uses a second keeper where nothing can be forked", () => {
    const machine = new Machine().bootFirst({ fork: false });
    expect(machine.take({ type: "serve", spec: 1 })).toEqual(["spawn-keeper 2"]);
    expect(machine.take({ type: "imported", keeper: 2, fork: false })).toEqual(["start 2 2 1"]);
    expect(machine.makeReady(2)).toEqual(["add 2", "drain 1", "standby-after 5000"]);
    machine.take({ type: "drained", generation: 1 });
    machine.take({ type: "ended", generation: 1, end: ending() });
    expect(machine.take({ type: "keeper-ended", keeper: 1, end: ending() })).toEqual([]);
    expect(machine.state).toMatchObject({ deaths: [], keepers: [{ id: 2, status: "used" }] });
  });

  it("clears a failure", () => {
    const machine = new Machine(1).bootFirst();
    machine.take({ type: "ended", generation: 1, end: ending() });
    expect(machine.state.mode).toBe("failed");
    machine.take({ type: "keeper-ended", keeper: 1, end: ending() });
    expect(machine.take({ type: "serve", spec: 1 })).toEqual(["refuse null", "spawn-keeper 2"]);
    expect(machine.state).toMatchObject({ failure: null, deaths: [] });
  });
});

describe("stop", () => {
  it("refuses requests, shuts down and ends when the last keeper has ended", () => {
    const machine = new Machine().bootFirst();
    expect(machine.take({ type: "stop" })).toEqual(["refuse sidelite is stopping", "shut-down"]);
    expect(machine.take({ type: "stop" })).toEqual([]);
    expect(machine.take({ type: "serve", spec: 1 })).toEqual([]);
    expect(machine.take({ type: "ended", generation: 1, end: ending() })).toEqual([]);
    expect(machine.state.mode).toBe("stopping");
    machine.take({ type: "keeper-ended", keeper: 1, end: ending() });
    expect(machine.state).toMatchObject({ mode: "stopped", deaths: [] });
  });

  it("cancels a pause, and is immediate where nothing runs", () => {
    const machine = new Machine().bootFirst();
    machine.take({ type: "keeper-ended", keeper: 1, end: ending() });
    expect(machine.events({ type: "stop" })).toEqual(["proxy.stopping", "proxy.stopped"]);
    expect(machine.take({ type: "retry" })).toEqual([]);
    expect(machine.state.mode).toBe("stopped");
  });

  it("ignores what comes too late, whatever it is", () => {
    const machine = new Machine().bootFirst();
    machine.take({ type: "stop" });
    machine.take({ type: "keeper-ended", keeper: 1, end: ending() });
    const late: Input[] = [
      { type: "imported", keeper: 1, fork: true },
      { type: "started", generation: 1 },
      { type: "ready", generation: 1, missing: [], ms: 1 },
      { type: "unready", generation: 1, end: UNREADY },
      { type: "drained", generation: 1 },
      { type: "refused", generation: 9, reason: "fork", errno: 11 },
      { type: "ended", generation: 1, end: ending() },
      { type: "keeper-ended", keeper: 1, end: ending() },
    ];
    expect(late.flatMap((input) => machine.effects(input))).toEqual([]);
    expect(machine.state.mode).toBe("stopped");
  });
});

it("never changes the state that it was given", () => {
  const frozen = JSON.stringify(INITIAL);
  new Machine().bootFirst();
  expect(JSON.stringify(INITIAL)).toBe(frozen);
});
