// Identity, cookie, stop ladder, short commands and ports, each on real processes.
import { createServer } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";

import { cookieFor, createCookie, findByCookie, sweepCookie } from "../../src/platform/cookie.ts";
import { createPsSystem } from "../../src/platform/os-darwin.ts";
import { linux } from "../../src/platform/os-linux.ts";
import { isSameProcess } from "../../src/platform/os.ts";
import { pickPort } from "../../src/platform/port.ts";
import { runCommand } from "../../src/platform/run-command.ts";
import type { Child } from "../../src/platform/spawn.ts";
import { spawnChild } from "../../src/platform/spawn.ts";
import { stopGroup } from "../../src/platform/stop-ladder.ts";
import { closedPort } from "../fixtures/closed-port.ts";
import { listenOnLoopback } from "../fixtures/listen.ts";
import { until } from "../fixtures/poll.ts";
import { listPids, readStat } from "../fixtures/proc.ts";
import { userErrorOf } from "../fixtures/user-error.ts";

const ENV = { PATH: "/usr/bin:/bin" };
/** macOS's way of looking at processes, with the spelling of Linux's ps. */
const ps = createPsSystem({
  listing: ["ps", "axwwe", "-o", "pid=", "-o", "args="],
  bootId: ["cat", "/proc/sys/kernel/random/boot_id"],
});

async function start(script: string, env: Readonly<Record<string, string>> = ENV): Promise<Child> {
  const stdio = ["ignore", "pipe", "ignore"] as const;
  const child = await spawnChild({ file: "sh", args: ["-c", script], env, stdio, ownGroup: true });
  onTestFinished(() => void child.killGroup("SIGKILL"));
  return child;
}

/** The script has said "ready": its traps are set. */
async function startReady(script: string): Promise<Child> {
  const child = await start(script);
  let text = "";
  child.stdout?.on("data", (chunk: Buffer) => (text += chunk.toString()));
  await until(() => text.includes("ready"), { what: "the script" });
  return child;
}

describe.each([
  ["/proc", linux],
  ["ps", ps],
])("an operating system seen through %s", (_, os) => {
  it("knows a process, a dead one and a zombie", async () => {
    const child = await start("sleep 30");
    const identity = await os.identify(child.pid);
    expect(identity).toMatchObject({ pid: child.pid });
    expect(identity?.startTime).not.toBe("");
    expect(identity?.bootId).toMatch(/^[0-9a-f-]{36}$/);
    expect(await os.identify(child.pid)).toEqual(identity);
    child.killGroup("SIGKILL");
    await child.exited;
    expect(await os.identify(child.pid)).toBeNull();
    const parent = await start("sleep 0.01 & exec sleep 30");
    const zombie = await until(() => childOf(parent.pid, "Z"), { what: "a zombie" });
    expect(await os.identify(zombie)).toBeNull();
  });

  it("finds processes by the start of an environment entry", async () => {
    const cookie = createCookie("t");
    const child = await start("sleep 30", {
      ...ENV,
      BEFORE: "x",
      [cookie.name]: `${cookie.value}.role.`,
    });
    const found = await os.findByEnvironment(`${cookie.name}=${cookie.value}`);
    expect(found).toContain(child.pid);
    expect(await os.findByEnvironment(`${cookie.name}=${cookie.value}.other`)).toEqual([]);
  });

  it("measures what a process uses", async () => {
    const child = await start("exec awk 'BEGIN { while (1) n += 1 }'");
    const used = async () => (await os.measure(child.pid))?.cpuSeconds ?? 0;
    await until(async () => (await used()) >= 1, { what: "a second of CPU", deadlineMs: 20_000 });
    const usage = await os.measure(child.pid);
    expect(usage?.cpuSeconds).toBeLessThan(20);
    expect(usage?.residentMb).toBeGreaterThan(0.5);
    expect(usage?.residentMb).toBeLessThan(100);
    child.killGroup("SIGKILL");
    await child.exited;
    expect(await os.measure(child.pid)).toBeNull();
  });

  it("sees that a process is stopped", async () => {
    const child = await start("sleep 30");
    expect(await os.isStopped(child.pid)).toBe(false);
    child.kill("SIGSTOP");
    await until(() => os.isStopped(child.pid), { what: "the stop" });
    child.kill("SIGCONT");
    await until(async () => !(await os.isStopped(child.pid)), { what: "going on" });
    expect(await os.isStopped(child.pid)).toBe(false);
  });
});

describe("isSameProcess", () => {
  it("is not misled by a reused pid or another boot", async () => {
    const ours = await linux.identify(process.pid);
    if (ours === null) throw new Error("we do not exist");
    expect(await isSameProcess(ours)).toBe(true);
    expect(await isSameProcess({ ...ours, startTime: "1" })).toBe(false);
    expect(await isSameProcess({ ...ours, bootId: "another" })).toBe(false);
  });
});

describe("sweepCookie", () => {
  it("kills every carrier, wherever it moved, and no one else", async () => {
    const cookie = createCookie("t");
    const worker = cookieFor(cookie, "worker");
    const env = { ...ENV, [cookie.name]: worker.value };
    const child = await start("setsid sleep 30 & sleep 30 & wait", env);
    const other = await start("exec sleep 30", {
      ...ENV,
      [cookie.name]: cookieFor(cookie, "proxy").value,
    });
    await until(async () => (await findByCookie(worker)).length === 3, { what: "three carriers" });
    expect(await sweepCookie(worker)).toBe(3);
    expect(await child.exited).toMatchObject({ signal: "SIGKILL" });
    expect(other.status()).toBeNull();
    expect(await sweepCookie(cookie, { exceptPids: [other.pid] })).toBe(0);
    expect(await sweepCookie(cookie)).toBe(1);
    expect(await findByCookie(cookie)).toEqual([]);
  });
});

describe("stopGroup", () => {
  it("goes down the ladder only as far as needed", async () => {
    const polite = await startReady("trap 'exit 7' TERM; echo ready; while :; do sleep 0.01; done");
    const steps = [{ signal: "SIGTERM", waitMs: 10_000 }] as const;
    expect(await stopGroup(polite, steps)).toEqual({
      forced: false,
      status: { code: 7, signal: null },
    });
    const deaf = await startReady(
      "trap '' TERM; trap 'exit 8' INT; echo ready; while :; do sleep 0.01; done",
    );
    const two = [
      { signal: "SIGTERM", waitMs: 50 },
      { signal: "SIGINT", waitMs: 10_000 },
    ] as const;
    expect(await stopGroup(deaf, two)).toEqual({
      forced: false,
      status: { code: 8, signal: null },
    });
  });

  it("kills the whole group at the end, at once when the deadline is there", async () => {
    const child = await startReady("trap '' TERM INT; sleep 30 & echo ready; wait; sleep 30");
    const deadline = new AbortController();
    const steps = [{ signal: "SIGTERM", waitMs: 60_000, group: true }] as const;
    const stopping = stopGroup(child, steps, { deadline: deadline.signal });
    deadline.abort();
    expect(await stopping).toMatchObject({ forced: true, status: { signal: "SIGKILL" } });
    const alive = () => listPids().filter((pid) => isMember(pid, child.pid));
    await until(() => alive().length === 0, { what: "the group's end" });
  });
});

describe("runCommand", () => {
  it("tells what a command said and how it ended", async () => {
    const result = await runCommand({ ...sh("cat; echo problem >&2; exit 3"), input: "asked\n" });
    expect(result).toEqual({
      status: { code: 3, signal: null },
      stdout: "asked\n",
      stderr: "problem\n",
      timedOut: false,
    });
    expect((await runCommand(sh("kill -TERM $$"))).status).toEqual({
      code: null,
      signal: "SIGTERM",
    });
  });

  it("adds nothing to the environment", async () => {
    const { stdout } = await runCommand({ file: "env", args: [], env: { ...ENV, ONLY: "this" } });
    expect(stdout).toBe("PATH=/usr/bin:/bin\nONLY=this\n");
  });

  it("ends the whole group at its time limit or an abort", async () => {
    const late = await runCommand({ ...sh("sleep 31 & sleep 31"), timeoutMs: 100 });
    expect(late).toMatchObject({ timedOut: true, status: { signal: "SIGKILL" } });
    const abort = new AbortController();
    const running = runCommand({ ...sh("sleep 31"), signal: abort.signal });
    abort.abort(new Error("enough"));
    await expect(running).rejects.toThrow("enough");
    await expect(runCommand({ ...sh("true"), signal: abort.signal })).rejects.toThrow("enough");
  });

  it("keeps no more than the limit", async () => {
    const { stdout } = await runCommand({ ...sh("head -c 100000 /dev/zero"), maxBytes: 1000 });
    expect(stdout).toHaveLength(1000);
  });

  it("names a command that is not there", async () => {
    const error = await userErrorOf(runCommand({ file: "no-such-command", args: [], env: ENV }));
    expect(error).toMatchObject({ exit: "notFound" });
  });
});

describe("pickPort", () => {
  it("takes the preferred port if it is free, else another", async () => {
    const server = createServer();
    const port = await listenOnLoopback(server, await closedPort());
    expect(await pickPort(port)).not.toBe(port);
    await new Promise((resolve) => server.close(resolve));
    expect(await pickPort(port)).toBe(port);
    expect(await pickPort(null)).toBeGreaterThan(1023);
  });
});

function childOf(parent: number, state: string): number | null {
  return (
    listPids().find((pid) => readStat(pid)?.parent === parent && readStat(pid)?.state === state) ??
    null
  );
}

function isMember(pid: number, group: number): boolean {
  const stat = readStat(pid);
  return stat?.group === group && stat.state !== "Z";
}

function sh(script: string) {
  return { file: "sh", args: ["-c", script], env: ENV };
}
