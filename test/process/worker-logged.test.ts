import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

import { createPartJoiner } from "../../src/instance/join-parts.ts";
import { until } from "../fixtures/poll.ts";
import { listPids, readEnviron, readStat } from "../fixtures/proc.ts";
import { startCli } from "../fixtures/cli.ts";
import { startSupervised, supervisorCommand, workerLog } from "../fixtures/supervised.ts";
import type { Supervised } from "../fixtures/supervised.ts";
import type { TestHome } from "../fixtures/home.ts";
import { useHome } from "../fixtures/use-home.ts";
import { workerCommand } from "../fixtures/worker.ts";

function start(home: TestHome, command: readonly string[], how: Partial<Supervised> = {}) {
  return startSupervised(home, { mode: "logged", command, ...how });
}

const readLog = (home: TestHome) => readFile(workerLog(home), "utf8");

describe("a logged worker", () => {
  it("leads its own group, has no input, and both its streams are logged and shown, apart", async () => {
    const home = await useHome();
    const script = "echo out; echo err >&2; wc -c; cut -d' ' -f5 /proc/$$/stat; echo $$";
    const result = await start(home, ["sh", "-c", script], { input: Buffer.from("unread") })
      .finished;
    const [out, bytes, group, pid] = result.stdout.trim().split("\n");
    expect([out, bytes, group]).toEqual(["out", "0", pid]);
    expect(result.stderr).toBe("err\n");
    const log = await readLog(home);
    expect(log.trim().split("\n").toSorted().join()).toBe(`0,${pid},${pid},err,out`);
  });

  it("loses no line of a flood, and the redactor's pattern hides keys in the log only", async () => {
    const home = await useHome();
    const script = "seq 1 100000; echo key sk-abcdefghijklmnopqrstuvwx0123456789";
    const result = await start(home, ["sh", "-c", script]).finished;
    const lines = Array.from({ length: 100_000 }, (_, index) => `${index + 1}\n`).join("");
    expect(result.stdout).toBe(`${lines}key sk-abcdefghijklmnopqrstuvwx0123456789\n`);
    const log = await readLog(home);
    expect(log.startsWith(`${lines}key `)).toBe(true);
    expect(log).not.toContain("sk-abcdefghijklmnopqrstuvwx");
  });

  it("keeps what it said before it died, the half line too (F4)", async () => {
    const home = await useHome();
    const script = "seq 1 20000; printf 'the last half'; kill -9 $$";
    expect((await start(home, ["sh", "-c", script]).exited).code).toBe(137);
    expect(await readLog(home)).toMatch(/\n19999\n20000\nthe last half\n$/);
  });

  it("takes a line of 20 MB, NUL, escapes and bytes that are no text, as they are (F65)", async () => {
    const home = await useHome();
    const script = `head -c 20000000 /dev/zero | tr '\\0' x
      printf '\\000\\033[31m\\377\\376\\n'; grep VmHWM /proc/$PPID/status`;
    const { code, stdoutBytes } = await start(home, ["sh", "-c", script]).finished;
    expect(code).toBe(0);
    const odd = Buffer.from("\0\u001b[31m\u00ff\u00fe\n", "latin1");
    expect(stdoutBytes.indexOf(odd)).toBe(20_000_000);
    const files = [".2", ".1", ""].map((age) => readFile(workerLog(home) + age));
    const log = Buffer.concat(await Promise.all(files));
    expect(log.length).toBeLessThan(3 * ((1 << 20) + 100_000));
    const parts = log.toString("latin1").split("\n");
    expect(Math.max(...parts.map(({ length }) => length))).toBeLessThan(65_536);
    const joiner = createPartJoiner();
    const whole = parts.map((part) => joiner.next(part)).join("");
    // Its beginning is in files that are gone.
    const [mark = "", rest = ""] =
      /^(\[sidelite: the line goes on\] )(.*)$/s.exec(whole)?.slice(1) ?? [];
    expect(mark).not.toBe("");
    const end = rest.indexOf(odd.toString("latin1"));
    expect(end).toBeGreaterThan(1 << 20);
    expect(rest.slice(0, end) === "x".repeat(end)).toBe(true);
    const [, peak] = /VmHWM:\s+(\d+) kB/.exec(stdoutBytes.subarray(20_000_000).toString()) ?? [];
    expect(Number(peak)).toBeLessThan(150_000);
  });

  it("is over at its exit although a grandchild holds its output, which is killed", async () => {
    const home = await useHome();
    const started = performance.now();
    const program = start(home, ["sh", "-c", "setsid sleep 66 & sleep 66 & echo last; exit 3"]);
    expect(await program.finished).toMatchObject({ code: 3, stdout: "last\n" });
    expect(performance.now() - started).toBeLessThan(10_000);
    expect(carriers(home)).toEqual([]);
  });

  it("drains after its stop signal", async () => {
    const home = await useHome();
    const program = start(home, workerCommand("wait", "300", "0"));
    await program.waitFor(/ready/);
    program.signal("SIGTERM");
    expect(await program.finished).toMatchObject({ signal: "SIGTERM" });
    expect(await readLog(home)).toMatch(/got SIGTERM\n$/);
  });

  it("is told through a shell that does not pass signals on, and may drain all the same", async () => {
    const home = await useHome();
    const inner = workerCommand("wait", "300", "0")
      .map((part) => `'${part}'`)
      .join(" ");
    const program = start(home, ["sh", "-c", `${inner}; true`]);
    await program.waitFor(/ready/);
    program.signal("SIGTERM");
    await program.finished;
    expect(await readLog(home)).toMatch(/got SIGTERM\n$/);
  });

  it("that ignores its stop signal is killed with all its group when asked again", async () => {
    const home = await useHome();
    const program = start(home, workerCommand("stubborn"));
    const [, pid] = await program.waitFor(/ready (\d+)/);
    program.signal("SIGTERM");
    await program.waitFor(/got SIGTERM/);
    const again = setInterval(() => program.signal("SIGTERM"), 400);
    await program.exited;
    clearInterval(again);
    await until(() => readStat(Number(pid)) === null || readStat(Number(pid))?.state === "Z", {
      what: "its end",
    });
    expect(await readLog(home)).toContain("got SIGTERM\n");
  });

  it("keeps its log when the terminal goes away, which ends us by HUP", async () => {
    const home = await useHome();
    const program = start(home, ["sh", "-c", "echo first; exec sleep 97"], { terminal: true });
    await program.waitFor(/first/);
    program.signal("SIGUSR2");
    expect((await program.exited).signal).toBe("SIGHUP");
    expect(await readLog(home)).toBe("first\n");
  });

  it("goes on, and its log, when nobody reads our output any more", async () => {
    const home = await useHome();
    const script =
      "echo first; while [ ! -e closed ]; do sleep 0.02; done; echo second; echo third; exit 4";
    const supervisor = quoted(
      supervisorCommand(home, { mode: "logged", command: ["sh", "-c", script] }),
    );
    const line = `{ ${supervisor}; echo $? >code; } | { head -1; : >closed; while [ ! -s code ]; do sleep 0.02; done; cat code; }`;
    const result = await startCli(home, [], { program: ["sh", "-c", line] }).finished;
    expect(result.stdout).toBe("first\n4\n");
    expect(await readLog(home)).toBe("first\nsecond\nthird\n");
  });

  it("can be stopped while our output is stuck in a paused terminal", async () => {
    const home = await useHome();
    const supervisor = quoted(supervisorCommand(home, { mode: "logged", command: ["yes"] }));
    const reader = "while [ ! -e over ]; do sleep 0.02; done";
    startCli(home, [], { program: ["sh", "-c", `${supervisor} | ${reader}`] });
    home.onStop(() => writeFile(join(home.cwd, "over"), ""));
    const worker = await until(() => carriers(home)[0], { what: "the worker" });
    const us = readStat(worker)?.parent ?? Number.NaN;
    const full = 64 * 1024;
    await until(async () => (await readLog(home)).length > full, { what: "a full pipe" });
    process.kill(us, "SIGTERM");
    await until(() => readStat(us) === null || readStat(us)?.state === "Z", {
      what: "our end",
      deadlineMs: 5_000,
    });
    expect(carriers(home)).toEqual([]);
  });
});

/** The worker and what it started. */
function carriers(home: TestHome): number[] {
  const mark = `SIDELITE_COOKIE=${home.mark}`;
  return listPids().filter((pid) => readEnviron(pid)?.some((entry) => entry.startsWith(mark)));
}

function quoted(command: readonly string[]): string {
  return command.map((part) => `'${part}'`).join(" ");
}
