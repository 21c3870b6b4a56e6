import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { REAPER_SCRIPT } from "../../src/platform/reaper-script.ts";
import { auditLocked } from "../../src/runtime/audit.ts";
import { findRuntime } from "../../src/runtime/find-runtime.ts";
import type { CliProcess } from "../fixtures/cli.ts";
import { startCli } from "../fixtures/cli.ts";
import type { TestHome } from "../fixtures/home.ts";
import { until } from "../fixtures/poll.ts";
import { watchProcesses } from "../fixtures/process-watch.ts";
import { useHome } from "../fixtures/use-home.ts";
import type { FakeRuntime } from "../runtime/fake-runtime.ts";
import { useFakeRuntime } from "../runtime/fake-runtime.ts";
import { joinDriver } from "../runtime/joined-driver.ts";

const ROUNDS = Number(process.env["SIDELITE_ROUNDS"] ?? 20);
const SEED = Number(process.env["SIDELITE_SEED"] ?? Date.now() % 1_000_000);
const DRIVER = joinDriver();

function start(home: TestHome, { context, lock }: FakeRuntime): CliProcess {
  const program = [process.execPath, DRIVER, lock.path, context.runtimesDir, home.home];
  return startCli(home, [], { program, env: context.env });
}

/**
 * A reaper whose sidelite dies before it has said which cookie to look for must kill nobody: an empty cookie is in every
 * environment. Checked first, because this test kills at such moments; only the process listed here is at risk.
 */
async function checkReaper(): Promise<void> {
  const bystander = spawn("sleep", ["60"], { stdio: "ignore" });
  const listing = ["echo", `${bystander.pid} sleep 60`];
  const reaper = spawn("/bin/sh", ["-c", REAPER_SCRIPT, "sidelite-reaper", ...listing], {
    env: { PATH: "/usr/bin:/bin", MARK: "install-check" },
    stdio: ["ignore", "ignore", "ignore"],
  });
  await once(reaper, "exit");
  const ended = bystander.signalCode === null ? once(bystander, "exit") : null;
  bystander.kill("SIGTERM");
  await ended;
  if (bystander.signalCode !== "SIGTERM") {
    throw new Error("the reaper kills strangers when it was given no cookie; not going on");
  }
}

/** The same numbers for the same seed (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
}

async function entries(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => !name.startsWith("."));
}

/** Kills an installation after `delayMs`, checks what it left; "killed", or "ended" when it was faster. */
async function killAfter(delayMs: number, home: TestHome, fake: FakeRuntime): Promise<string> {
  const { lock, context } = fake;
  const { runtimesDir } = context;
  await rm(join(runtimesDir, lock.id), { recursive: true, force: true });
  const installing = start(home, fake);
  const watch = watchProcesses(home.dir, home.mark, 5);
  const timer = setTimeout(() => installing.signal("SIGKILL"), delayMs);
  const { signal } = await installing.finished.finally(() => clearTimeout(timer));
  await until(() => watch.alive().length === 0, { what: "the end of its children" });
  watch.stop();
  // Never complete and broken.
  const left = await findRuntime(lock, runtimesDir);
  if (left !== null) await auditLocked(lock, context, { deep: true });
  return signal === "SIGKILL" ? "killed" : "ended";
}

describe("kill -9 of an installation", () => {
  const timeout = ROUNDS * 8_000 + 60_000;
  it(
    `at ${ROUNDS} random moments is repaired by the next run (seed ${SEED})`,
    { timeout },
    async () => {
      await checkReaper();
      const home = await useHome();
      const fake = await useFakeRuntime(home);
      const { runtimesDir } = fake.context;
      const random = randomNumbers(SEED);
      const kills: string[] = [];
      const repairs: unknown[] = [];
      let wholeMs = 0;
      for (let round = 0; round < ROUNDS; round += 1) {
        if (round % 4 === 0) {
          const started = performance.now();
          const { stdout } = await start(home, fake).finished;
          wholeMs = performance.now() - started;
          repairs.push([/^ready|^\w+: .*/m.exec(stdout)?.[0], await entries(runtimesDir)]);
        }
        kills.push(await killAfter(random() * wholeMs, home, fake));
      }
      const last = await start(home, fake).finished;
      repairs.push([/^ready|^\w+: .*/m.exec(last.stdout)?.[0], await entries(runtimesDir)]);
      expect(repairs).toEqual(repairs.map(() => ["ready", [fake.lock.id]]));
      expect(kills.filter((how) => how === "killed").length).toBeGreaterThan(ROUNDS / 4);
    },
  );
});

describe("parallel starts", () => {
  it("install once", async () => {
    const home = await useHome();
    const fake = await useFakeRuntime(home);
    const all = Array.from({ length: 8 }, () => start(home, fake));
    const results = await Promise.all(all.map((one) => one.finished));
    const ready = results.map(({ stdout }) => /^ready .+$/m.exec(stdout)?.[0]);
    expect(ready[0]).toMatch(/^ready \d{3} .+\/bin\/python$/);
    expect(new Set(ready).size).toBe(1);
    const installed = results.filter(({ stdout }) => stdout.includes("installing LiteLLM"));
    expect(installed).toHaveLength(1);
    expect([...fake.index.downloads.values()]).toEqual([1, 1]);
    expect(await entries(fake.context.runtimesDir)).toEqual([fake.lock.id]);
  });
});
