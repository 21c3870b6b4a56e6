// Busy loops on every core that an instance has (F70): it is slow, and nothing is taken for hung.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { availableParallelism, setPriority } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";

import { expect, it, onTestFinished } from "vitest";

import { awaitServed, chat } from "../e2e/serve.ts";
import { watchProcesses } from "../fixtures/process-watch.ts";
import { ROUNDS } from "../fixtures/rounds.ts";
import { useInstances } from "../fixtures/use-instances.ts";

/**
 * In CI one core, and loops that give way to everything but the instance, for a little longer than it takes to find a
 * hang (15 s); in `test:long` two loops a core at full priority.
 */
const PLAN =
  ROUNDS >= 200
    ? { cores: availableParallelism(), loopsNice: 0, seconds: 60 }
    : { cores: 1, loopsNice: 10, seconds: 17 };
const CORES = PLAN.cores === 1 ? "0" : `0-${PLAN.cores - 1}`;
const LOWEST = 19;

/** Two a core. */
function startLoops(): () => Promise<void> {
  const loops = Array.from({ length: PLAN.cores * 2 }, () => {
    const nice = ["-n", String(PLAN.loopsNice), "taskset", "-c", CORES];
    return spawn("nice", [...nice, "python3", "-c", "while True: pass"], { stdio: "ignore" });
  });
  const end = async (): Promise<void> => {
    for (const loop of loops) {
      if (loop.exitCode !== null || loop.signalCode !== null) continue;
      loop.kill("SIGKILL");
      await once(loop, "exit");
    }
  };
  onTestFinished(end);
  return end;
}

/** How long it ran and how long it waited for a processor, ns. */
async function readTurns(pid: number): Promise<readonly [number, number]> {
  const [ran = 0, waited = 0] = (await readFile(`/proc/${pid}/schedstat`, "utf8"))
    .split(" ")
    .map(Number);
  return [ran, waited];
}

async function prepare(env: Readonly<Record<string, string>>) {
  const { home, start, proxied, live } = await useInstances({ env });
  const watch = watchProcesses(home.dir, home.mark);
  home.onStop(async () => watch.stop());
  const served = await awaitServed(start(["proxy", "start", ...proxied]));
  const before = (await live("default")).proxy;
  expect(before).toMatchObject({ phase: "ready", restarts: [] });
  for (const { pid } of watch.alive()) {
    await promisify(execFile)("taskset", ["-a", "-c", "-p", CORES, String(pid)]);
    setPriority(pid, LOWEST);
  }
  return {
    /** Whether its supervisor waited for a processor for longer than it ran. */
    starve: async (): Promise<boolean> => {
      const [ranBefore, waitedBefore] = await readTurns(served.cli.pid);
      // Half of the time nobody asks it anything but the watchdog.
      await delay(PLAN.seconds * 500);
      const end = performance.now() + PLAN.seconds * 500;
      while (performance.now() < end) {
        expect((await chat(served, "m")).status).toBe(200);
        await delay(100); // leaves the other cores to others
      }
      const [ran, waited] = await readTurns(served.cli.pid);
      return waited - waitedBefore > ran - ranBefore;
    },
    check: async (): Promise<void> => {
      const after = (await live("default")).proxy;
      expect(after).toMatchObject({ phase: "ready", restarts: [] });
      expect(after?.generations).toEqual(before?.generations);
      await served.cli.stop();
    },
  };
}

it(
  "kills nothing that only waits for a processor",
  { timeout: PLAN.seconds * 2_000 + 60_000 },
  async () => {
    const instances = await Promise.all([{}, { SIDELITE_FORK: "0" }].map(prepare));
    const endLoops = startLoops();
    const starved = await Promise.all(instances.map(({ starve }) => starve()));
    await endLoops();
    expect(starved).toEqual([true, true]);
    for (const { check } of instances) await check();
  },
);
