// kill -9 of sidelite at any moment, LiteLLM's boot included: nothing of it lives on, and the next start works.
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";

import { startCli } from "../fixtures/cli.ts";
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
const KINDS = [
  { name: "a stand-in LiteLLM", rounds: half, longestMs: 2_500, prepare: useStandIn },
  { name: "the real LiteLLM", rounds: ROUNDS - half, longestMs: 6_000, prepare: async () => ({}) },
];

async function useStandIn(home: TestHome): Promise<Record<string, string>> {
  const runtimes = await makeFakeRuntimes(await testRuntime(), join(home.dir, "runtimes"));
  const fake = await steerFakeLitellm(home.home);
  await fake.behave({ import_seconds: 0.3, boot_seconds: 0.3 });
  return { SIDELITE_RUNTIME_DIR: runtimes };
}

describe.each(KINDS)("kill -9 with $name", ({ rounds, longestMs, prepare }) => {
  const luck = chance();

  it(
    `leaves no process in ${rounds} rounds, and the next start works (SIDELITE_SEED=${luck.seed})`,
    { timeout: rounds * (longestMs + DYING_MS) + 2 * BOOT_MS },
    async () => {
      const home = await useHome();
      const env = { ...(await prepare(home)), PROVIDER_KEY: home.canary("provider", "sk-") };
      await home.write("litellm_config.yaml", CONFIG);
      const watch = watchProcesses(home.dir, home.mark, 10);
      home.onStop(async () => watch.stop());
      const reached = new Set<string>();
      for (let round = 0; round < rounds; round += 1) {
        const args = VERBS[round % VERBS.length] ?? [];
        const afterMs = Math.round(luck.next() * longestMs);
        const what = `round ${round}: ${args.slice(0, 2).join(" ")} killed after ${afterMs} ms (SIDELITE_SEED=${luck.seed})`;
        const cli = startCli(home, args, { env });
        await sleep(afterMs); // the moment is what this test chooses
        const family = watch.alive().map(({ commandLine }) => commandLine);
        for (const line of family) reached.add(kindOf(line));
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
      // The kills came at more than one moment of a start.
      expect([...reached]).toContain("keeper");

      for (const args of [VERBS[0] ?? [], VERBS[2] ?? []]) {
        const command = args.indexOf("--no-wait");
        const asked =
          command === -1 ? args : [...args.slice(0, command), "--", ...workerCommand("chat", "m")];
        const cli = startCli(home, asked, { env });
        await cli.waitFor(command === -1 ? /^export LITELLM_API_BASE/m : /^200 pong/m, BOOT_MS);
        if (command === -1) await cli.stop();
        else expect((await cli.finished).code).toBe(0);
      }
    },
  );
});

function kindOf(commandLine: string): string {
  if (commandLine.includes("keeper.py")) return "keeper";
  return commandLine.includes("worker.mjs") ? "worker" : "other";
}
