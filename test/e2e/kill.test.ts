// kill -9 of sidelite at any moment, LiteLLM's boot included: nothing of it lives on, and the next start works.
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";

import { runCli, startCli } from "../fixtures/cli.ts";
import { makeFakeRuntimes, steerFakeLitellm } from "../fixtures/fake-litellm.ts";
import type { TestHome } from "../fixtures/home.ts";
import { until } from "../fixtures/poll.ts";
import { watchProcesses } from "../fixtures/process-watch.ts";
import { chance, ROUNDS } from "../fixtures/rounds.ts";
import { testRuntime } from "../fixtures/runtime.ts";
import { useHome } from "../fixtures/use-home.ts";
import { workerCommand } from "../fixtures/worker.ts";

const CONFIG = `model_list:
  - model_name: m
    litellm_params: {model: openai/m, api_key: os.environ/PROVIDER_KEY, mock_response: pong}
`;
const FILE = "--proxy-config-file=./litellm_config.yaml";
/** Each with a worker that has a child in a session of its own, or with none. */
const VERBS = [
  ["worker", "start", "--queue-id=q", FILE, "--no-wait", "--", ...workerCommand("escape")],
  ["run", FILE, "--no-wait", "--", ...workerCommand("escape")],
  ["proxy", "start", FILE],
];
/** The reaper needs a tenth of a second as a rule; the machine may be busy. */
const DYING_MS = 5_000;
/** A boot takes 3 to 5 s on an idle machine. */
const BOOT_MS = 60_000;

const half = Math.ceil(ROUNDS / 2);
/**
 * `lanes`: homes in which rounds go on side by side; while one sleeps to its moment another boots.
 * `bend`: above 1 the moments are closer together at the beginning, where a start does one thing after the other; the real
 * LiteLLM's import goes on for seconds.
 */
const KINDS = [
  {
    name: "a stand-in LiteLLM",
    rounds: half,
    lanes: 4,
    longestMs: 2_500,
    bend: 1,
    prepare: useStandIn,
  },
  {
    name: "the real LiteLLM",
    rounds: ROUNDS - half,
    lanes: 2,
    longestMs: 6_000,
    bend: 2,
    prepare: async () => ({}),
  },
];

async function useStandIn(home: TestHome): Promise<Record<string, string>> {
  const runtimes = await makeFakeRuntimes(await testRuntime(), join(home.dir, "runtimes"));
  const fake = await steerFakeLitellm(home.home);
  await fake.behave({ import_seconds: 0.3, boot_seconds: 0.3 });
  return { SIDELITE_RUNTIME_DIR: runtimes };
}

describe.each(KINDS)("kill -9 with $name", ({ rounds, lanes, longestMs, bend, prepare }) => {
  const luck = chance();

  it(
    `leaves no process in ${rounds} rounds, and the next start works (SIDELITE_SEED=${luck.seed})`,
    { timeout: rounds * (longestMs + DYING_MS) + 2 * BOOT_MS },
    async () => {
      const plans = Array.from({ length: rounds }, (_, round) => ({
        round,
        args: VERBS[round % VERBS.length] ?? [],
        // One moment in each part of the time, so that few rounds leave no part out.
        afterMs: Math.round(((round + luck.next()) / rounds) ** bend * longestMs),
      }));
      const shuffled = plans.toSorted((a, b) => (a.round % 7) - (b.round % 7));
      const reached = new Set<string>();
      const runs = Array.from({ length: lanes }, async (_, lane) => {
        // One that was killed while it wrote its first record is unknown until the next start of that name; what conf
        // was writing is swept a minute later.
        const expectLeaks = /^temporary file home\/.*(?:\.tmp|\/preferences\.json\.tmp-\w+)$/;
        const home = await useHome({ expectLeaks });
        const env = { ...(await prepare(home)), PROVIDER_KEY: home.canary("provider", "sk-") };
        await home.write("litellm_config.yaml", CONFIG);
        const watch = watchProcesses(home.dir, home.mark, 10);
        home.onStop(async () => watch.stop());
        for (const { round, args, afterMs } of shuffled.filter(
          (_plan, at) => at % lanes === lane,
        )) {
          const what = `round ${round}: ${args.slice(0, 2).join(" ")} killed after ${afterMs} ms (SIDELITE_SEED=${luck.seed})`;
          const cli = startCli(home, args, { env });
          await sleep(afterMs); // the moment is what this test chooses
          for (const { commandLine } of watch.alive()) reached.add(kindOf(commandLine));
          cli.signal("SIGKILL");
          const { code, signal } = await cli.exited;
          expect([code, signal], what + cli.stderr()).toEqual([null, "SIGKILL"]);
          await until(() => watch.alive().length === 0, { what, deadlineMs: DYING_MS }).catch(
            (error: unknown) => {
              const left = watch.alive().map(({ pid, commandLine }) => `${pid} ${commandLine}`);
              throw new Error(left.join("\n"), { cause: error });
            },
          );
        }
        if (lane === 0) {
          const again = VERBS[0]?.slice(0, VERBS[0].indexOf("--no-wait")) ?? [];
          const cli = startCli(home, [...again, "--", ...workerCommand("chat", "m")], { env });
          await cli.waitFor(/^200 pong/m, BOOT_MS);
          expect((await cli.finished).code).toBe(0);
        }
        // The sockets of the killed ones stay until somebody looks after them.
        for (const kind of ["worker", "proxy"]) {
          expect(await runCli(home, [kind, "stop", "--all"], { env })).toMatchObject({ code: 0 });
        }
      });
      await Promise.all(runs);
      // The kills came at more than one moment of a start.
      expect([...reached]).toContain("keeper");
    },
  );
});

function kindOf(commandLine: string): string {
  if (commandLine.includes("keeper.py")) return "keeper";
  return commandLine.includes("worker.mjs") ? "worker" : "other";
}
