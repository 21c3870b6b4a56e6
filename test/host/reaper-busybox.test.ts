// Alpine's shell, whose grep may stop at the first NUL of an environment.
import { expect, it } from "vitest";

import { createCookie } from "../../src/platform/cookie.ts";
import { REAPER_SCRIPT } from "../../src/platform/reaper-script.ts";
import { runCommand } from "../../src/platform/run-command.ts";
import { spawnChild } from "../../src/platform/spawn.ts";

it("the reaper does its work in busybox", async () => {
  const cookie = createCookie("q1");
  const path = { PATH: process.env["PATH"] ?? "/usr/bin:/bin" };
  const env = { ...path, LARGE: "x".repeat(5000), [cookie.name]: cookie.value };
  const stdio = ["ignore", "ignore", "ignore"] as const;
  const carrier = await spawnChild({ file: "sleep", args: ["96"], env, stdio, ownGroup: true });
  const args = ["sh", "-c", REAPER_SCRIPT];
  await runCommand({
    file: "busybox",
    args,
    env: { ...path, MARK: cookie.value },
    timeoutMs: 20_000,
  });
  expect(carrier.kill("SIGTERM")).toBe(false);
  expect(await carrier.exited).toMatchObject({ signal: "SIGKILL" });
});
