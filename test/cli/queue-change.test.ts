// The queue's settings change while a worker runs: the poll, what is taken over, and what waits.
import { fileURLToPath } from "node:url";

import { expect, it } from "vitest";

import { runCli, startCli } from "../fixtures/cli.ts";
import { ENABLED, QUEUE_MODEL, useQueue } from "../fixtures/use-queue.ts";
import { workerCommand } from "../fixtures/worker.ts";

const FAST = fileURLToPath(new URL("../fixtures/fast-minutes.mjs", import.meta.url));
const SHORT = { NODE_OPTIONS: `--import=${FAST}` };
const START = ["worker", "start", "--queue-id", "q", "--", ...workerCommand("wait")];

const modelNamed = (model_name: string) => ({
  ...ENABLED,
  litellm_config: { model_list: [{ ...QUEUE_MODEL, model_name }] },
});

it("goes through a reload; switched off or refused, what is in force stays and status says so", async () => {
  const { home, plane, env } = await useQueue();
  const show = async () =>
    (await runCli(home, ["worker", "status", "q"], { env })).stdout.replaceAll(/ +/g, " ");
  plane.queue({ settings: ENABLED, config_version: "1" });
  const cli = startCli(home, START, { env: { ...env, ...SHORT } });
  await cli.waitFor(/ready \d+/);

  plane.queue({ settings: modelNamed("second"), config_version: "2" });
  await cli.waitFor(/the queue's settings changed: a new LiteLLM serves/);
  expect(await show()).toContain("models second");

  plane.queue({ settings: { ...modelNamed("third"), enable_local_litellm_proxy: false } });
  await cli.waitFor(/the queue's settings switch the local proxy off/);
  const off = await show();
  expect(off).toContain("LiteLLM ready");
  expect(off).toContain("models second");
  expect(off).toContain("not in force the queue's settings switch the local proxy off");

  plane.queue({ settings: { ...ENABLED, litellm_config: { include: ["/etc/passwd"] } } });
  await cli.waitFor(/the settings in force stay/);
  expect(await show()).toContain("models second");
  await cli.stop();
});

it("is asked for by a command too, without waiting for the next poll", async () => {
  const { home, plane, env } = await useQueue();
  plane.queue({ settings: ENABLED });
  const cli = startCli(home, START, { env });
  await cli.waitFor(/ready \d+/);
  plane.queue({ settings: modelNamed("second") });
  const reload = await runCli(home, ["worker", "reload", "q"], { env });
  expect(reload).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("a new LiteLLM serves"),
  });
  const { stdout } = await runCli(home, ["worker", "status", "q"], { env });
  expect(stdout).toMatch(/models +second\n/);
  plane.mode({ status: 503 });
  expect(await runCli(home, ["worker", "reload", "q"], { env })).toMatchObject({ code: 0 });
  expect(cli.stderr()).toContain("cannot be asked for the queue's settings");
  await cli.stop();
});
