import { rm } from "node:fs/promises";
import { join } from "node:path";

import { expect, it } from "vitest";

import { until } from "../fixtures/poll.ts";
import { useInstances } from "../fixtures/use-instances.ts";
import { workerCommand } from "../fixtures/worker.ts";

it("is found, asked, joined and stopped again after its sockets were cleaned away", async () => {
  const { home, daemon, run, status, live, proxied } = await useInstances();
  expect(await daemon("q", "wait")).toMatchObject({ code: 0 });
  const before = await live("q");
  await rm(join(home.runDir, "sidelite"), { recursive: true });
  await until(
    async () => {
      const { state, proxy } = await live("q");
      return state === "running" && proxy?.generations[0]?.name !== "g1";
    },
    { what: "its sockets" },
  );
  const after = await status("q");
  expect(after).toMatchObject({
    state: "running",
    pid: before.pid,
    url: before.url,
    worker: before.worker,
  });
  // Its LiteLLM has a new socket too.
  const asked = await run(["run", ...proxied, "--", ...workerCommand("chat", "m")]);
  expect(asked.stdout).toMatch(/^200 /);
  expect(asked.stderr).toContain("joined q at");
  expect(await run(["worker", "stop"])).toMatchObject({ code: 0 });
  expect(await status("q")).toMatchObject({ state: "stopped" });
});

it("is one instance, listed and stopped, after its state was removed", async () => {
  const { home, daemon, run, live } = await useInstances();
  expect(await daemon("q", "wait")).toMatchObject({ code: 0 });
  const { pid } = await live("q");
  await rm(join(home.state, "workers"), { recursive: true });
  await until(async () => (await live("q")).pid === pid, { what: "its record" });
  expect((await run(["worker", "list"])).stdout).toMatch(new RegExp(`^q +running +${pid} `, "m"));
  const second = await daemon("q", "wait");
  expect(second.code).toBe(6);
  expect(second.stderr).toContain(`q is already running (pid ${pid}`);
  expect(await run(["worker", "stop"])).toMatchObject({ code: 0 });
});
