// SIGKILL of a supervisor at any moment: the reaper leaves nothing behind.
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";

import { until } from "../fixtures/poll.ts";
import { listPids, readCommandLine, readEnviron, readStat } from "../fixtures/proc.ts";
import { chance, ROUNDS } from "../fixtures/rounds.ts";
import { startSupervised, supervisorCommand } from "../fixtures/supervised.ts";
import { startCli } from "../fixtures/cli.ts";
import type { TestHome } from "../fixtures/home.ts";
import { useHome } from "../fixtures/use-home.ts";

/** A worker with a child in its group, one in a session of its own, and one that lost its parent. */
const FAMILY = [
  "sh",
  "-c",
  "sleep 91 & setsid sleep 91 & (setsid sh -c 'sleep 91 & sleep 91' &) ; echo ready; wait",
];
const FAMILY_SIZE = 6;

/** Everything of this home that carries a cookie: worker and descendants, not supervisor or reaper. */
function carriers(home: TestHome): number[] {
  return listPids().filter((pid) => {
    const environ = readEnviron(pid);
    return (
      environ?.includes(`SIDELITE_TEST_MARK=${home.mark}`) &&
      environ.some((entry) => entry.startsWith("SIDELITE_COOKIE="))
    );
  });
}

describe.each(["logged", "shared"] as const)("SIGKILL of the supervisor of a %s worker", (mode) => {
  // Within a tenth of a second as a rule: that figure is the bench's (`--only stop`).
  it("leaves nothing, within half a second as a rule", async () => {
    const home = await useHome();
    const times: number[] = [];
    for (let round = 0; round < Math.ceil(ROUNDS / 4); round += 1) {
      const program = startSupervised(home, { mode, command: FAMILY });
      await until(() => carriers(home).length === FAMILY_SIZE, { what: "the family" });
      const killed = performance.now();
      program.signal("SIGKILL");
      await until(() => carriers(home).length === 0, {
        what: "its end",
        everyMs: 2,
      });
      times.push(performance.now() - killed);
    }
    const median = times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)];
    expect(median).toBeLessThan(500);
  });

  it("leaves nothing at whatever moment it comes", async () => {
    const home = await useHome();
    const luck = chance();
    for (let round = 0; round < ROUNDS; round += 1) {
      const program = startSupervised(home, { mode, command: FAMILY });
      await sleep(luck.next() * 300);
      program.signal("SIGKILL");
      await program.exited;
      // Asked twice: a child that was just being made may come up after the first look.
      await until(() => carriers(home).length === 0, {
        what: `nothing (seed ${luck.seed}, round ${round})`,
      });
      await until(() => reapers(home).length === 0, {
        what: `no reaper (seed ${luck.seed}, round ${round})`,
      });
      expect(carriers(home)).toEqual([]);
    }
  });
});

describe("the reaper", () => {
  it("outlives a SIGKILL of the supervisor's whole group and session", async () => {
    const home = await useHome();
    const program = startSupervised(home, { mode: "shared", command: FAMILY });
    await until(() => carriers(home).length === FAMILY_SIZE, { what: "the family" });
    // startSupervised made it the leader of both.
    process.kill(-program.pid, "SIGKILL");
    await until(() => carriers(home).length === 0, { what: "its end" });
    expect(await program.exited).toEqual({ code: null, signal: "SIGKILL" });
  });

  it("never touches the rest of the pipeline that `run` is part of", async () => {
    const home = await useHome();
    const supervisor = supervisorCommand(home, { mode: "shared", command: ["sleep", "92"] });
    const line = `sleep 93 | ${supervisor.map((part) => `'${part}'`).join(" ")}; echo over $?; cat`;
    const shell = startCli(home, [], { program: ["sh", "-c", line], openInput: true });
    const [worker = 0] = await until(() => found(carriers(home)), { what: "the worker" });
    const supervisorPid = readStat(worker)?.parent ?? 0;
    const neighbour = listPids().find(
      (pid) => readCommandLine(pid) === "sleep 93" && readStat(pid)?.group === shell.pid,
    );
    process.kill(supervisorPid, "SIGKILL");
    await until(() => carriers(home).length === 0, { what: "the worker's end" });
    expect(neighbour).toBeDefined();
    expect(readStat(neighbour ?? 0)?.state).toBe("S");
    process.kill(neighbour ?? 0, "SIGKILL");
    await shell.waitFor(/over 137/);
    shell.stdin.end();
    expect((await shell.exited).code).toBe(0);
  });

  it("that somebody kills is replaced", async () => {
    const home = await useHome();
    const program = startSupervised(home, { mode: "logged", command: FAMILY });
    await program.waitFor(/ready/);
    const [first = 0] = await until(() => found(reapers(home)), { what: "a reaper" });
    process.kill(first, "SIGKILL");
    await until(() => reapers(home).some((pid) => pid !== first), { what: "another reaper" });
    program.signal("SIGKILL");
    await until(() => carriers(home).length === 0, { what: "the end" });
    expect(await program.exited).toMatchObject({ signal: "SIGKILL" });
  });

  it("ends with the supervisor, without a kill, and no signal but KILL ends it before", async () => {
    const home = await useHome();
    const program = startSupervised(home, {
      mode: "logged",
      command: ["sh", "-c", "echo ready; exec sleep 94"],
    });
    await program.waitFor(/ready/);
    const [reaper = 0] = await until(() => found(reapers(home)), { what: "a reaper" });
    for (const name of ["SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT", "SIGTSTP"] as const)
      process.kill(reaper, name);
    program.signal("SIGTERM");
    expect(await program.exited).toMatchObject({ signal: "SIGTERM" });
    await until(() => reapers(home).length === 0, { what: "the reaper's end" });
    expect(reapers(home)).toEqual([]);
  });
});

/** Living reapers of this home's supervisors, who use its mark in the cookie. */
function reapers(home: TestHome): number[] {
  return listPids().filter((pid) =>
    readEnviron(pid)?.some((entry) => entry.startsWith(`MARK=${home.mark}`)),
  );
}

function found(pids: number[]): number[] | null {
  return pids.length > 0 ? pids : null;
}
