// Where nothing can be forked: the keeper that waits for a crash or a reload, on the virtual clock.
import { describe, expect, it } from "vitest";

import type { Input } from "../../src/proxy/state-types.ts";
import { ending, Machine } from "./machine.ts";

const CRASH: Input = { type: "ended", generation: 1, end: ending() };
const STANDBY_ENDS: Input = { type: "keeper-ended", keeper: 2, end: ending() };

/** Generation 1 serves on keeper 1; keeper 2, if there is one, is a standby. */
function serving(standby: "none" | "importing" | "imported"): Machine {
  const machine = new Machine().bootFirst({ fork: false, ready: 5_000 });
  if (standby !== "none") machine.take({ type: "standby" });
  if (standby === "imported") machine.take({ type: "imported", keeper: 2, fork: false });
  machine.now += 5_000;
  return machine;
}

describe("is made", () => {
  it("when a generation has served for some seconds", () => {
    const machine = new Machine();
    machine.take({ type: "begin" });
    machine.take({ type: "serve", spec: 0 });
    expect(machine.take({ type: "imported", keeper: 1, fork: false })).toEqual(["start 1 1 0"]);
    expect(machine.makeReady(1)).toEqual(["add 1", "standby-after 5000"]);
    expect(machine.take({ type: "standby" })).toEqual(["spawn-standby 2"]);
    expect(machine.take({ type: "imported", keeper: 2, fork: false })).toEqual([]);
    expect(machine.take({ type: "standby" })).toEqual([]);
  });

  it("never where a fork is to be had", () => {
    const machine = new Machine().bootFirst({ ready: 10_000 });
    expect(machine.take({ type: "standby" })).toEqual([]);
    expect(machine.state.keepers).toHaveLength(1);
  });

  it("not while a start is under way, and again some seconds after it", () => {
    const machine = serving("none");
    expect(machine.take({ type: "serve", spec: 1 })).toEqual(["spawn-keeper 2"]);
    expect(machine.take({ type: "standby" })).toEqual([]);
    expect(machine.take({ type: "imported", keeper: 2, fork: false })).toEqual(["start 2 2 1"]);
    expect(machine.take({ type: "started", generation: 2 })).toEqual(["probe 2"]);
    expect(machine.take({ type: "standby" })).toEqual([]);
    expect(machine.take({ type: "ready", generation: 2, missing: [], ms: 5 })).toEqual([
      "add 2",
      "drain 1",
      "standby-after 5000",
    ]);
  });

  it("not while the restart waits", () => {
    const machine = new Machine().bootFirst({ fork: false });
    expect(machine.take(CRASH)).toEqual(["quit-keeper 1", "retry-after 1000"]);
    expect(machine.take({ type: "standby" })).toEqual([]);
    expect(machine.take({ type: "retry" })).toEqual(["spawn-keeper 2"]);
  });
});

describe("is taken", () => {
  it("by a crash, without an import, and another follows", () => {
    const machine = serving("imported");
    expect(machine.take(CRASH)).toEqual(["quit-keeper 1", "start 2 2 0"]);
    expect(machine.take({ type: "keeper-ended", keeper: 1, end: ending() })).toEqual([]);
    expect(machine.makeReady(2)).toEqual(["add 2", "standby-after 5000"]);
    expect(machine.take({ type: "standby" })).toEqual(["spawn-standby 3"]);
    expect(machine.state.deaths).toHaveLength(1);
  });

  it("by a crash while it imports, when it has", () => {
    const machine = serving("importing");
    expect(machine.take(CRASH)).toEqual(["quit-keeper 1"]);
    expect(machine.take({ type: "imported", keeper: 2, fork: false })).toEqual(["start 2 2 0"]);
  });

  it("by a hang", () => {
    const machine = serving("imported");
    expect(machine.take({ type: "hung", generation: 1, end: ending() })).toEqual([
      "kill-generation 1",
      "start 2 2 0",
    ]);
  });

  it("by a reload", () => {
    const machine = serving("imported");
    expect(machine.take({ type: "serve", spec: 1 })).toEqual(["start 2 2 1"]);
    expect(machine.makeReady(2)).toEqual(["add 2", "drain 1", "standby-after 5000"]);
  });

  it("for a generation that has grown too large", () => {
    const machine = serving("imported");
    expect(machine.take({ type: "recycle", generation: 1, mb: 900 })).toEqual(["start 2 2 0"]);
    expect(machine.makeReady(2)).toEqual(["add 2", "drain 1", "standby-after 5000"]);
  });

  it("in vain by a configuration that does not come up; another one is made", () => {
    const machine = serving("imported");
    machine.take({ type: "serve", spec: 1 });
    machine.take({ type: "started", generation: 2 });
    expect(machine.take({ type: "ended", generation: 2, end: ending() })).toEqual([
      "quit-keeper 2",
      "standby-after 5000",
    ]);
    expect(machine.state).toMatchObject({ wanted: 0, deaths: [] });
    expect(machine.take({ type: "standby" })).toEqual(["spawn-standby 3"]);
  });

  it("not where it imported in another environment: it goes, and the next one is made for it", () => {
    const machine = serving("imported");
    machine.take({ type: "serve", spec: 1 });
    const reason = "import-environment" as const;
    expect(machine.take({ type: "refused", generation: 2, reason, errno: null })).toEqual([
      "quit-keeper 2",
      "spawn-keeper 3",
    ]);
    expect(machine.take(STANDBY_ENDS)).toEqual([]);
    expect(machine.take({ type: "imported", keeper: 3, fork: false })).toEqual(["start 3 3 1"]);
    expect(machine.state.deaths).toEqual([]);
  });

  it("and stands by again when it could not be told what to serve", () => {
    const machine = serving("imported");
    machine.take({ type: "serve", spec: 1 });
    const refused = { type: "refused", generation: 2, reason: "log-connect", errno: 28 } as const;
    expect(machine.take(refused)).toEqual([]);
    expect(machine.state).toMatchObject({ mode: "running", wanted: 0, deaths: [] });
    expect(machine.state.keepers.at(-1)).toMatchObject({ id: 2, status: "idle" });
  });
});

describe("ends", () => {
  it.each(["importing", "imported"] as const)("%s by itself: no death, another later", (when) => {
    const machine = serving(when);
    expect(machine.take(STANDBY_ENDS)).toEqual(["standby-after 10000"]);
    expect(machine.state).toMatchObject({ mode: "running", deaths: [], failures: 0 });
    expect(machine.state.generations).toMatchObject([{ id: 1, status: "serving" }]);
    expect(machine.take({ type: "standby" })).toEqual(["spawn-standby 3"]);
  });

  it("again and again: later and later, ten minutes at most", () => {
    const machine = serving("none");
    const pauses: string[] = [];
    for (let keeper = 2; keeper < 11; keeper += 1) {
      machine.take({ type: "standby" });
      pauses.push(...machine.take({ type: "keeper-ended", keeper, end: ending() }));
    }
    const seconds = [10, 20, 40, 80, 160, 320, 600, 600, 600];
    expect(pauses).toEqual(seconds.map((s) => `standby-after ${s * 1000}`));
    expect(machine.state).toMatchObject({ mode: "running", deaths: [] });
  });

  it("for want of a Python that runs: what serves goes on", () => {
    const machine = serving("importing");
    const end = ending({ kind: "spawn", permanent: true });
    machine.take({ type: "keeper-ended", keeper: 2, end });
    expect(machine.state).toMatchObject({ mode: "running", failure: null, deaths: [] });
  });

  it("while a crash waits for it: a death, and a new one is awaited", () => {
    const machine = serving("importing");
    machine.take(CRASH);
    expect(machine.take(STANDBY_ENDS)).toEqual(["retry-after 1000"]);
    expect(machine.state.deaths).toHaveLength(2);
    expect(machine.take({ type: "retry" })).toEqual(["spawn-keeper 3"]);
  });

  it("while a reload waits for it: what serves goes on", () => {
    const machine = serving("importing");
    machine.take({ type: "serve", spec: 1 });
    const end = ending({ permanent: true });
    expect(machine.events({ type: "keeper-ended", keeper: 2, end })).toEqual([
      "proxy.keeper-ended",
      "proxy.rejected",
    ]);
    expect(machine.state).toMatchObject({ mode: "running", wanted: 0, deaths: [] });
    expect(machine.state.generations).toMatchObject([{ id: 1, status: "serving" }]);
  });

  it.each(["importing", "imported"] as const)("%s with a stop, which waits for it", (when) => {
    const machine = serving(when);
    machine.take({ type: "stop" });
    machine.take({ type: "keeper-ended", keeper: 1, end: ending() });
    expect(machine.state.mode).toBe("stopping");
    machine.take(STANDBY_ENDS);
    expect(machine.state).toMatchObject({ mode: "stopped", deaths: [] });
    expect(machine.take({ type: "standby" })).toEqual([]);
  });

  it("with a proxy that is given up", () => {
    const machine = new Machine(1).bootFirst({ fork: false, ready: 10_000 });
    machine.take({ type: "standby" });
    machine.take({ type: "imported", keeper: 2, fork: false });
    expect(machine.take(CRASH)).toContain("quit-keeper 2");
    expect(machine.state.mode).toBe("failed");
    expect(machine.take({ type: "standby" })).toEqual([]);
  });
});
