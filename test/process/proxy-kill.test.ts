// SIGKILL of generation, keeper and supervisor: nothing of them stays, whoever is killed and when.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { describe, expect, it } from "vitest";

import type { CliProcess } from "../fixtures/cli.ts";
import { startCli } from "../fixtures/cli.ts";
import { fixture } from "../fixtures/supervised.ts";
import type { TestHome } from "../fixtures/home.ts";
import { until } from "../fixtures/poll.ts";
import { listPids, readEnviron, readStat } from "../fixtures/proc.ts";
import { chance, ROUNDS } from "../fixtures/rounds.ts";
import { useHome } from "../fixtures/use-home.ts";
import { FORK_ENV, FORKS } from "../fixtures/fork-mode.ts";
import { familyPython, fakePython, mockModel, servingPid, useProxy } from "../proxy/support.ts";

/** Of the stand-in's children; the keeper and the generation carry the cookie as well. */
const FAMILY_SIZE = 7;

/** What this home's cookies mark and is no zombie. */
function carriers(home: TestHome): number[] {
  return listPids().filter((pid) => {
    if (pid === process.pid || readStat(pid)?.state === "Z") return false;
    const environ = readEnviron(pid);
    return (
      environ?.includes(`HOME=${home.home}`) === true &&
      environ.some((entry) => entry.startsWith("SIDELITE_COOKIE="))
    );
  });
}

async function startFamily() {
  const home = await useHome();
  const test = await useProxy(home, { python: await familyPython(home), fork: FORKS });
  test.proxy.serve(await test.configure([mockModel("m")]));
  await test.proxy.ready;
  const hosts = FORKS ? 2 : 1;
  await until(() => carriers(home).length === FAMILY_SIZE + hosts, { what: "the family" });
  return { home, test, family: carriers(home), pid: await servingPid(test) };
}

describe(`with fork ${FORKS}, descendants in other groups and sessions`, () => {
  it.each(["generation", "keeper"])("go with a killed %s, and it comes back", async (victim) => {
    const { home, test, family, pid } = await startFamily();
    const parent = readStat(pid)?.parent ?? 0;
    process.kill(victim === "keeper" && FORKS ? parent : pid, "SIGKILL");
    const survivors = new Set(family.filter((one) => one !== parent || victim === "keeper"));
    await until(() => !carriers(home).some((one) => survivors.has(one)), { what: "their end" });
    await until(() => test.proxy.state().deaths === 1, { what: "the death" });
    await until(() => test.proxy.state().phase === "ready", { what: "the restart" });
    expect(await servingPid(test)).not.toBe(pid);
  });

  it("go with a stop", async () => {
    const { home, test } = await startFamily();
    await test.proxy.stop(AbortSignal.timeout(5_000));
    expect(carriers(home)).toEqual([]);
  });
});

describe(`SIGKILL of the supervisor, fork ${FORKS}`, () => {
  async function start(home: TestHome, python: string, round: number): Promise<CliProcess> {
    const folder = join(home.dir, `s${round}`);
    await mkdir(folder, { mode: 0o700 });
    const settings = { general_settings: { master_key: "os.environ/SIDELITE_MASTER_KEY" } };
    const config = { model_list: [mockModel("m")], ...settings };
    const file = await home.write("config.yaml", JSON.stringify(config));
    return startCli(home, [], {
      program: [process.execPath, fixture("proxy-supervisor.mjs"), python, folder, file],
      env: FORK_ENV,
    });
  }

  it("leaves nothing, within half a second", async () => {
    const home = await useHome();
    const python = await familyPython(home);
    const times: number[] = [];
    for (let round = 0; round < Math.ceil(ROUNDS / 5); round += 1) {
      const supervisor = await start(home, python, round);
      await supervisor.waitFor(/proxy\.ready/);
      const hosts = FORKS ? 2 : 1;
      await until(() => carriers(home).length === FAMILY_SIZE + hosts, { what: "the family" });
      const killed = performance.now();
      supervisor.signal("SIGKILL");
      await until(() => carriers(home).length === 0, { what: "their end", everyMs: 5 });
      times.push(performance.now() - killed);
    }
    const median = times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)];
    expect(median).toBeLessThan(500);
  });

  it("leaves nothing at whatever moment it comes", async () => {
    const home = await useHome();
    const python = await fakePython(home);
    const luck = chance();
    for (let round = 0; round < ROUNDS; round += 1) {
      const supervisor = await start(home, python, round);
      await sleep(luck.next() * 900);
      supervisor.signal("SIGKILL");
      await supervisor.exited;
      await until(() => carriers(home).length === 0, {
        what: `nothing (seed ${luck.seed}, round ${round})`,
      });
      expect(carriers(home)).toEqual([]);
    }
  });
});
