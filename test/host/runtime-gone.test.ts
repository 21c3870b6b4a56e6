// Somebody removes the Python environment under a running instance (F72).
import { rm } from "node:fs/promises";

import { expect, it } from "vitest";

import { makeFakeRuntimes } from "../fixtures/fake-litellm.ts";
import { until } from "../fixtures/poll.ts";
import { readStat } from "../fixtures/proc.ts";
import { testRuntime } from "../fixtures/runtime.ts";
import type { Instances } from "../fixtures/use-instances.ts";
import { useInstances } from "../fixtures/use-instances.ts";

/** This machine's fault, where, and how to mend it. */
async function refused(instances: Instances, group: string): Promise<void> {
  const { code, stderr } = await instances.run([group, "restart", "q"]);
  expect(code, stderr).toBe(7);
  expect(stderr).toContain(instances.env["SIDELITE_RUNTIME_DIR"]);
  expect(stderr).toMatch(/^ {2}fix: .*sidelite runtime install/m);
}

it("goes on serving; a restart says what is missing, and works when it is back", async () => {
  const instances = await useInstances();
  const { daemon, env, status, run } = instances;
  const runtimes = env["SIDELITE_RUNTIME_DIR"] ?? "";
  expect(await daemon("q", "wait")).toMatchObject({ code: 0 });
  const before = await status("q");
  await rm(runtimes, { recursive: true });
  await refused(instances, "proxy");
  expect(await status("q")).toMatchObject({ state: "running", proxy: before.proxy });
  // The worker needs nothing of it.
  expect(await run(["worker", "restart", "q"])).toMatchObject({ code: 0 });

  const generation = before.proxy?.generations[0]?.pid ?? 0;
  process.kill(readStat(generation)?.parent ?? 0, "SIGKILL");
  const failed = await until(
    async () => {
      const shown = await status("q");
      return shown.state === "failed" ? shown : null;
    },
    { what: "the failure", deadlineMs: 30_000, everyMs: 200 },
  );
  expect(failed.failure).toContain(runtimes);
  expect(failed.pid).toBe(before.pid);
  await refused(instances, "worker");
  await refused(instances, "proxy");
  expect(await status("q")).toMatchObject({ state: "failed", pid: before.pid });

  await makeFakeRuntimes(await testRuntime(), runtimes);
  expect(await run(["worker", "restart", "q"])).toMatchObject({ code: 0 });
  expect(await status("q")).toMatchObject({ state: "running", pid: before.pid });
  expect(await run(["worker", "stop", "q"])).toMatchObject({ code: 0 });
});
