// `worker start`: the worker leads its own group, has no input, and its output is logged and shown.
import { abortAfter } from "../core/abort-after.ts";
import type { Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { Cookie } from "../platform/cookie.ts";
import { findByCookie, sweepCookie } from "../platform/cookie.ts";
import { settledWithin } from "../platform/settled-within.ts";
import type { Child } from "../platform/spawn.ts";
import { spawnChild } from "../platform/spawn.ts";
import { stopGroup } from "../platform/stop-ladder.ts";
import type { WorkerSpec } from "./command.ts";
import { carryOutput } from "./output.ts";
import { terminalWriter } from "./terminal-writer.ts";
import type { LaunchDeps, Worker, WorkerOutput } from "./worker.ts";
import { DRAIN_MS } from "./worker.ts";

/** Descendants may hold the pipes for ever; what they write later than this is not waited for. */
const OUTPUT_DRAIN_MS = 1_000;
const GROUP_POLL_MS = 50;

interface LoggedDeps {
  readonly reaper: LaunchDeps["reaper"];
  readonly output: WorkerOutput;
}

export async function launchLogged(
  spec: WorkerSpec,
  cookie: Cookie,
  { reaper, output }: LoggedDeps,
): Promise<Worker> {
  const { file, args, cwd } = spec;
  const env = { ...spec.env, [cookie.name]: cookie.value };
  const stdio = ["ignore", "pipe", "pipe"] as const;
  const child = await spawnChild({ file, args, env, cwd, stdio, ownGroup: true });
  reaper.addGroup(child.pid);
  const ended = carryBoth(child, output);

  const stop = async (deadline: AbortSignal): Promise<void> => {
    await drain(child, spec.stopSignal, cookie, deadline);
    if (child.status() !== null) await settledWithin(ended, OUTPUT_DRAIN_MS, deadline);
    await stopGroup(child, []);
    reaper.removeGroup(child.pid);
    await sweepCookie(cookie);
    await settledWithin(ended, OUTPUT_DRAIN_MS);
    child.stdout?.destroy();
    child.stderr?.destroy();
    await output.log.drained();
  };
  let stopped: Promise<void> | null = null;
  const { pid, exited } = child;
  return { pid, exited, stop: (deadline) => (stopped ??= stop(deadline)) };
}

function carryBoth(child: Child, { log, redactor, terminal }: WorkerOutput): Promise<unknown> {
  return Promise.all(
    (["stdout", "stderr"] as const).map(async (name) => {
      const source = child[name];
      const stream: Writable | null = terminal?.[name] ?? null;
      if (source === null) return;
      await carryOutput(source, {
        log,
        redactor,
        terminal: stream === null ? null : terminalWriter(stream),
        // Node would tell it in this way had it written itself.
        onTerminalError: (error) => void stream?.emit("error", error),
      });
    }),
  );
}

/** Its stop signal, and time to finish. To the leader alone: its helpers are still needed for the work in hand. */
async function drain(
  child: Child,
  signal: NodeJS.Signals,
  cookie: Cookie,
  deadline: AbortSignal,
): Promise<void> {
  if (child.status() !== null || deadline.aborted) return;
  const limit = abortAfter(DRAIN_MS, deadline);
  child.kill(signal);
  await settledWithin(child.exited, DRAIN_MS, deadline);
  if (child.status()?.signal !== signal) return;
  // It had no handler: perhaps a shell around the real worker, which was not told yet.
  child.killGroup(signal);
  while (!limit.aborted && child.killGroup(0) && (await findByCookie(cookie)).length > 0) {
    await sleep(GROUP_POLL_MS);
  }
}
