import { join } from "node:path";

import { expect, it } from "vitest";

import { findByCookie, restoreCookie } from "../../src/platform/cookie.ts";
import { isRunning, readRecord } from "../../src/state/record.ts";
import { until } from "../fixtures/poll.ts";
import { chance, ROUNDS } from "../fixtures/rounds.ts";
import { useInstances } from "../fixtures/use-instances.ts";
import { workerCommand } from "../fixtures/worker.ts";

/** From claim to a running worker, on a quiet machine. */
const LONGEST_PHASE_MS = 2_500;
const ROUND_MS = 15_000;
/** Queues that are killed side by side: while one sleeps to its moment another boots. */
const LANES = 4;

/** What conf was writing is swept a minute later. */
const CONF_LEFT = /^temporary file home\/.*\/preferences\.json\.tmp-\w+$/;

it(
  "leaves nothing when its supervisor is killed at any moment, and starts again",
  { timeout: 30_000 + ROUNDS * ROUND_MS },
  async () => {
    const { home, start, daemon, run, status, proxied } = await useInstances({
      expectLeaks: CONF_LEFT,
    });
    const random = chance();
    const cookies = new Set<string>();
    const killOnce = async (queue: string, round: number): Promise<void> => {
      const path = join(home.state, "workers", queue, "instance.json");
      const phase = ((round + random.next()) / ROUNDS) * LONGEST_PHASE_MS;
      const command = ["worker", "start", "-d", "--queue-id", queue, ...proxied];
      const parent = start([...command, "--", ...workerCommand("escape")]);
      const record = await until(
        async () => {
          const found = await readRecord(path, new Date());
          return found !== null && !cookies.has(found.cookie) ? found : null;
        },
        { what: `the record of round ${round}` },
      );
      await new Promise((resolve) => setTimeout(resolve, phase));
      if (await isRunning(record)) process.kill(record.pid, "SIGKILL");
      cookies.add(record.cookie);
      await until(async () => (await findByCookie(restoreCookie(record.cookie))).length === 0, {
        what: `the end of all of round ${round}, killed after ${phase.toFixed(0)} ms, seed ${random.seed}`,
      });
      const { code } = await parent.finished;
      expect([0, 1]).toContain(code);
    };
    const lanes = Array.from({ length: LANES }, async (_, lane) => {
      for (let round = lane; round < ROUNDS; round += LANES) await killOnce(`q${lane}`, round);
    });
    await Promise.all(lanes);
    expect(cookies.size).toBe(ROUNDS);
    expect(await daemon("q0", "wait")).toMatchObject({ code: 0 });
    expect(await status("q0")).toMatchObject({ state: "running" });
    expect(await run(["worker", "stop", "--all"])).toMatchObject({ code: 0 });
  },
);

it("says that a hanging instance does not answer, and ends it with --force only", async () => {
  const { daemon, run, status, live } = await useInstances({ expectLeaks: CONF_LEFT });
  expect(await daemon("q", "wait")).toMatchObject({ code: 0 });
  const { pid } = await live("q");
  process.kill(pid ?? 0, "SIGSTOP");
  const [shown, refused] = await Promise.all([status("q"), run(["worker", "stop"])]);
  expect(shown).toMatchObject({ state: "not answering", pid });
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain("q does not answer");
  expect(await run(["worker", "stop", "--force"])).toMatchObject({ code: 0 });
  expect(await status("q")).toMatchObject({ state: "stopped", pid: null });
});
