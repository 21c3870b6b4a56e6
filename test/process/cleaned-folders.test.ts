import { rm } from "node:fs/promises";
import { join } from "node:path";

import { expect, it } from "vitest";

import { until } from "../fixtures/poll.ts";
import { useInstances } from "../fixtures/use-instances.ts";
import { workerCommand } from "../fixtures/worker.ts";

it("is found, asked, joined and stopped again after its sockets were cleaned away", async () => {
  const { home, daemon, run, status, proxied } = await useInstances();
  expect(await daemon("q", "wait")).toMatchObject({ code: 0 });
  const before = await status("q");
  await rm(join(home.runDir, "sidelite"), { recursive: true });
  const after = await until(
    async () => {
      const shown = await status("q");
      const [generation] = shown.proxy?.generations ?? [];
      return shown.state === "running" && generation?.name !== "g1" ? shown : null;
    },
    { what: "its sockets", everyMs: 100 },
  );
  expect(after).toMatchObject({ pid: before.pid, url: before.url, worker: before.worker });
  // Its LiteLLM has a new socket too.
  const asked = await run(["run", ...proxied, "--", ...workerCommand("chat", "m")]);
  expect(asked.stdout).toMatch(/^200 /);
  expect(asked.stderr).toContain("joined q at");
  expect(await run(["worker", "stop"])).toMatchObject({ code: 0 });
  expect(await status("q")).toMatchObject({ state: "stopped" });
});

it("is one instance, listed and stopped, after its state was removed", async () => {
  const { home, daemon, run, status } = await useInstances();
  expect(await daemon("q", "wait")).toMatchObject({ code: 0 });
  const { pid } = await status("q");
  await rm(join(home.state, "workers"), { recursive: true });
  const listed = await until(
    async () => {
      const { stdout } = await run(["worker", "list"]);
      return stdout.includes("q ") ? stdout : null;
    },
    { what: "its record" },
  );
  expect(listed).toMatch(new RegExp(`^q +running +${pid} `, "m"));
  const second = await daemon("q", "wait");
  expect(second.code).toBe(6);
  expect(second.stderr).toContain(`q is already running (pid ${pid}`);
  expect(await run(["worker", "stop"])).toMatchObject({ code: 0 });
});
