// A bug in sidelite itself: all it started ends with it, and the report holds no secret (F16).
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { expect, it } from "vitest";

import { until } from "../fixtures/poll.ts";
import { watchProcesses } from "../fixtures/process-watch.ts";
import { readStat } from "../fixtures/proc.ts";
import { fixture } from "../fixtures/supervised.ts";
import { useInstances } from "../fixtures/use-instances.ts";
import { workerCommand } from "../fixtures/worker.ts";

const DYING_MS = 5_000;

it.each(["exception", "promise"])("ends with 70 and all its children (%s)", async (place) => {
  const { home, start, proxied, status, live, run } = await useInstances();
  const watch = watchProcesses(home.dir, home.mark);
  home.onStop(async () => watch.stop());
  const isDaemon = place === "promise";
  const flags = ["--queue-id", "q", ...proxied, ...(isDaemon ? ["-d"] : [])];
  const env = { NODE_OPTIONS: `--import=${fixture("throw-on-signal.mjs")}`, BUG_IN: place };
  const command = ["worker", "start", ...flags, "--", ...workerCommand("escape")];
  const cli = start(command, { env });
  if (isDaemon) expect((await cli.finished).code).toBe(0);
  else await cli.waitFor(/escaped \d+/);
  const { pid, files } = await live("q");
  process.kill(pid ?? 0, "SIGUSR2");
  await until(() => readStat(pid ?? 0) === null && watch.alive().length === 0, {
    what: "the end of all",
    deadlineMs: DYING_MS,
  });
  if (!isDaemon) expect((await cli.exited).code).toBe(70);
  const log = join(home.state, "workers/q/logs/sidelite.log");
  const said = isDaemon ? await readFile(log, "utf8") : cli.stderr();
  expect(said).toMatch(/a bug in sidelite: Error: boom with \*\*\*\n +at /);
  expect(files["workerLog"]).toBeDefined();
  expect(await status("q")).toMatchObject({ state: "killed", pid: null });
  expect(await run(["worker", "stop", "q"])).toMatchObject({ code: 0 });
});
