import { setTimeout as delay } from "node:timers/promises";

import { expect, it } from "vitest";

import type { CliResult } from "../fixtures/cli.ts";
import { chance, ROUNDS } from "../fixtures/rounds.ts";
import { useInstances } from "../fixtures/use-instances.ts";
import { FORK_ENV } from "../fixtures/fork-mode.ts";

/** In each mode; together 4 in CI, 40 in `test:long`. */
const INTERLEAVINGS = Math.ceil(ROUNDS / 10);
const ROUND_MS = 40_000;
/** Started within this time of each other. */
const SPREAD_MS = 1_500;

type Name = "start" | "stop" | "force" | "restart" | "renew" | "reload" | "status";

/** What each may end with when others interfere: 1 not running or gone meanwhile, 5 not ready, 6 runs already. */
const ALLOWED: Readonly<Record<Name, readonly number[]>> = {
  start: [0, 1, 6],
  stop: [0],
  force: [0],
  restart: [0, 1],
  renew: [0, 1, 5],
  reload: [0, 1, 5],
  status: [0, 1],
};

const LINES: Readonly<Record<Exclude<Name, "start">, readonly string[]>> = {
  stop: ["worker", "stop", "q"],
  force: ["worker", "stop", "q", "--force"],
  restart: ["worker", "restart", "q"],
  renew: ["proxy", "restart", "q"],
  reload: ["worker", "reload", "q"],
  status: ["worker", "status", "q"],
};

const NAMES = Object.keys(ALLOWED) as readonly Name[];

it(
  "takes starts, stops, restarts and reloads in any order and at once",
  { timeout: 30_000 + INTERLEAVINGS * ROUND_MS },
  async () => {
    const { daemon, run, status } = await useInstances({ env: FORK_ENV });
    const random = chance();
    const one = (): Name => NAMES[Math.floor(random.next() * NAMES.length)] ?? "status";
    const act = async (name: Name, afterMs: number): Promise<[Name, CliResult]> => {
      await delay(afterMs);
      return [name, name === "start" ? await daemon("q", "wait") : await run(LINES[name])];
    };
    expect(await daemon("q", "wait")).toMatchObject({ code: 0 });
    for (let round = 0; round < INTERLEAVINGS; round += 1) {
      const names: readonly Name[] = ["start", "stop", one(), one(), one()];
      const moments = names.map((name) => ({ name, at: Math.round(random.next() * SPREAD_MS) }));
      const what = `round ${round}, seed ${random.seed}: ${JSON.stringify(moments)}`;
      const results = await Promise.all(moments.map(({ name, at }) => act(name, at)));
      for (const [name, { code, signal, stdout, stderr }] of results) {
        const told = `${what}\n${name} ended with ${code ?? signal}:\n${stdout}${stderr}`;
        expect(ALLOWED[name], told).toContain(code);
      }
      expect(["running", "stopped", "failed"], what).toContain((await status("q")).state);
    }
    expect((await daemon("q", "wait")).code).toBeOneOf([0, 6]);
    expect(await status("q")).toMatchObject({ state: "running" });
    const both = await Promise.all([run(LINES.stop), run(LINES.stop)]);
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    expect(await status("q")).toMatchObject({ state: "stopped", pid: null });
  },
);
