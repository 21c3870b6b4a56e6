// A wall clock that jumps, and a machine that sleeps: nothing is taken for dead (F68, F69).
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

import { expect, it } from "vitest";

import { until } from "../fixtures/poll.ts";
import { watchProcesses } from "../fixtures/process-watch.ts";
import type { Instances, Shown } from "../fixtures/use-instances.ts";
import { useInstances } from "../fixtures/use-instances.ts";
import { workerCommand } from "../fixtures/worker.ts";

/** Longer than a gap that is noticed, and than an answer to a probe may take. */
const SLEEP_MS = 7_000;

/** The status when a request has come through, so that whatever noticed the fault has acted. */
async function statusAfterRequest({ run, status }: Instances): Promise<Shown> {
  const exported = await run(["env", "--shell", "json"]);
  const { set } = JSON.parse(exported.stdout) as { set: Record<string, string> };
  const headers = { authorization: `Bearer ${set["OPENAI_API_KEY"]}` };
  const answer = await fetch(`${set["OPENAI_BASE_URL"]}/chat/completions`, {
    method: "POST",
    headers: { ...headers, "content-type": "application/json" },
    body: JSON.stringify({ model: "m", messages: [{ role: "user", content: "ping" }] }),
  });
  expect(answer.status).toBe(200);
  return status("q");
}

function lasting(shown: Shown): unknown {
  const { pid, url, state, proxy, worker } = shown;
  const { phase, generations, restarts } = proxy ?? {};
  return { pid, url, state, phase, generations, restarts, worker };
}

it("is not moved by a wall clock that jumps an hour, back, and ten years", async () => {
  const instances = await useInstances();
  const { home, proxied, start, run, status } = instances;
  const offset = await home.write("offset", "+0");
  const { stdout } = await promisify(execFile)("faketime", ["-f", "+0", "printenv", "LD_PRELOAD"]);
  const env = {
    LD_PRELOAD: stdout.trim(),
    FAKETIME_TIMESTAMP_FILE: offset,
    FAKETIME_NO_CACHE: "1",
    FAKETIME_DONT_FAKE_MONOTONIC: "1",
  };
  const flags = ["-d", "--queue-id", "q", ...proxied, "--", ...workerCommand("wait")];
  expect((await start(["worker", "start", ...flags], { env }).finished).code).toBe(0);
  const before = lasting(await status("q"));
  for (const jump of ["+1h", "-1h", "+3650d", "+0"]) {
    await home.write("offset", jump);
    expect(lasting(await statusAfterRequest(instances))).toEqual(before);
  }
  await home.write("offset", "+3650d");
  expect(await run(["worker", "restart", "q"])).toMatchObject({ code: 0 });
  // The clock was another one indeed.
  const log = await readFile(join(home.state, "workers/q/logs/worker.log"), "utf8");
  expect(log).toMatch(new RegExp(`^${new Date().getFullYear() + 10}-.* sidelite starts`, "m"));
  expect(await run(["worker", "stop", "q"])).toMatchObject({ code: 0 });
});

it("counts no death when the machine slept", async () => {
  const instances = await useInstances();
  const { home, daemon, status, run } = instances;
  const watch = watchProcesses(home.dir, home.mark);
  home.onStop(async () => watch.stop());
  expect(await daemon("q", "wait")).toMatchObject({ code: 0 });
  const before = lasting(await statusAfterRequest(instances));
  const all = watch.alive();
  for (const { pid } of all) process.kill(pid, "SIGSTOP");
  await sleep(SLEEP_MS);
  for (const { pid } of all) process.kill(pid, "SIGCONT");
  await until(async () => (await status("q")).state === "running", { what: "an answer" });
  expect(lasting(await statusAfterRequest(instances))).toEqual(before);
  expect(await run(["worker", "stop", "q"])).toMatchObject({ code: 0 });
});
