// A machine that sleeps, as SIGSTOP of every process shows it: nothing is taken for dead (F69).
import { setTimeout as delay } from "node:timers/promises";

import { expect, it } from "vitest";

import { awaitServed, chat } from "../e2e/serve.ts";
import { watchProcesses } from "../fixtures/process-watch.ts";
import { ROUNDS } from "../fixtures/rounds.ts";
import type { Instances } from "../fixtures/use-instances.ts";
import { useInstances } from "../fixtures/use-instances.ts";
import { FORK_ENV } from "../fixtures/fork-mode.ts";

/** Longer than a gap that is noticed (5 s), and than an answer to a probe may take. */
const SLEEP_MS = ROUNDS >= 200 ? 30_000 : 7_000;
/** In the long run as long as it takes to find a hang. */
const FOUND_MS = ROUNDS >= 200 ? 15_000 : 1_000;
/** A stream of the stand-in that is under way all the time. */
const STREAM = { chunks: 4, gap_seconds: 1 };

async function servedBy({ live }: Instances): Promise<unknown> {
  const { proxy } = await live("default");
  const { phase, restarts, generations } = proxy ?? {};
  return { phase, restarts, generations };
}

async function sleepThrough(env: Readonly<Record<string, string>>): Promise<void> {
  const instances = await useInstances({ env });
  const { home, start, proxied } = instances;
  const watch = watchProcesses(home.dir, home.mark);
  home.onStop(async () => watch.stop());
  const served = await awaitServed(start(["proxy", "start", ...proxied]));
  const before = await servedBy(instances);
  const stream = chat(served, "m", { stream: true, fake: STREAM });
  const all = watch.alive();
  for (const { pid } of all) process.kill(pid, "SIGSTOP");
  await delay(SLEEP_MS); // the length of the sleep: what is tested
  for (const { pid } of all) process.kill(pid, "SIGCONT");
  expect((await stream).text).toContain("[DONE]");
  const end = performance.now() + FOUND_MS;
  do {
    expect((await chat(served, "m")).status).toBe(200);
    await delay(500);
  } while (performance.now() < end);
  expect(before).toMatchObject({ phase: "ready", restarts: [] });
  expect(await servedBy(instances)).toEqual(before);
  await served.cli.stop();
}

it("counts no death", { timeout: SLEEP_MS + 90_000 }, async () => {
  await expect(sleepThrough(FORK_ENV)).resolves.toBeUndefined();
});
