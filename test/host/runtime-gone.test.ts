// Somebody removes the Python environment under a running instance (F72).
import { rm } from "node:fs/promises";

import { expect, it } from "vitest";

import { until } from "../fixtures/poll.ts";
import { readStat } from "../fixtures/proc.ts";
import { useInstances } from "../fixtures/use-instances.ts";

it("goes on serving; what cannot be started again says so", async () => {
  const { daemon, env, status, run } = await useInstances();
  expect(await daemon("q", "wait")).toMatchObject({ code: 0 });
  const before = await status("q");
  await rm(env["SIDELITE_RUNTIME_DIR"] ?? "", { recursive: true });
  const generation = before.proxy?.generations[0]?.pid ?? 0;
  const keeper = readStat(generation)?.parent ?? 0;
  expect(await status("q")).toMatchObject({ state: "running", proxy: before.proxy });
  process.kill(keeper, "SIGKILL");
  const failed = await until(
    async () => {
      const shown = await status("q");
      return shown.state === "failed" ? shown : null;
    },
    { what: "the failure", deadlineMs: 30_000, everyMs: 200 },
  );
  expect(failed.failure).toContain(env["SIDELITE_RUNTIME_DIR"]);
  expect(failed.pid).toBe(before.pid);
  const again = await run(["worker", "restart", "q"]);
  expect(again.code).toBe(5);
  expect(again.stderr).toContain(env["SIDELITE_RUNTIME_DIR"]);
  expect(await run(["worker", "stop", "q"])).toMatchObject({ code: 0 });
});
