// Locks and files when their owner is SIGKILLed.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";

import { sweepTemporaries } from "../../src/platform/files.ts";
import { acquireLock } from "../../src/platform/lock.ts";
import type { CliProcess } from "../fixtures/cli.ts";
import { startCli } from "../fixtures/cli.ts";
import type { TestHome } from "../fixtures/home.ts";
import { chance, ROUNDS } from "../fixtures/rounds.ts";
import { fixture } from "../fixtures/supervised.ts";
import { useHome } from "../fixtures/use-home.ts";

function start(home: TestHome, what: "lock" | "write", path: string): CliProcess {
  return startCli(home, [], {
    program: [process.execPath, fixture("platform-child.mjs"), what, path],
  });
}

describe("a lock", () => {
  it("has one owner of many processes, and is free at once when that one is killed", async () => {
    const home = await useHome();
    const path = join(home.cwd, "lock");
    const children = Array.from({ length: 8 }, () => start(home, "lock", path));
    await Promise.all(children.map((child) => child.waitFor(/locked|held/)));
    const owners = children.filter((child) => child.stdout().includes("locked"));
    expect(owners).toHaveLength(1);
    expect(await acquireLock(path)).toBeNull();
    owners[0]?.signal("SIGKILL");
    await owners[0]?.exited;
    const lock = await acquireLock(path);
    expect(lock).not.toBeNull();
    await lock?.release();
  });
});

describe("a file written by a process that is killed", () => {
  it("is whole, and what was not finished is swept", async () => {
    const home = await useHome();
    const path = join(home.cwd, "state.json");
    const luck = chance();
    for (let round = 0; round < ROUNDS; round += 1) {
      const child = start(home, "write", path);
      await child.waitFor(/written/);
      await sleep(20 + luck.next() * 60);
      child.signal("SIGKILL");
      await child.exited;
      const text = await readFile(path, "utf8");
      expect(text, `seed ${luck.seed}, round ${round}`).toMatch(/^(\d)\1{299999}$/);
      await sweepTemporaries(home.cwd);
      expect(await readdir(home.cwd)).toEqual(["state.json"]);
    }
  });
});
