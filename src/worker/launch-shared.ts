// `run`: the worker has our descriptors, group and terminal, as if it had been started without us.
import type { Signals } from "../core/context.ts";
import type { Cookie } from "../platform/cookie.ts";
import { sweepCookie } from "../platform/cookie.ts";
import { spawnChild } from "../platform/spawn.ts";
import { stopGroup } from "../platform/stop-ladder.ts";
import type { WorkerSpec } from "./command.ts";
import { shareTerminal } from "./share-terminal.ts";
import type { Worker } from "./worker.ts";
import { DRAIN_MS } from "./worker.ts";

export async function launchShared(
  spec: WorkerSpec,
  cookie: Cookie,
  signals: Signals,
): Promise<Worker> {
  const { file, args, cwd } = spec;
  const env = { ...spec.env, [cookie.name]: cookie.value };
  const stdio = ["inherit", "inherit", "inherit"] as const;
  const terminal = shareTerminal(signals);
  const child = await spawnChild({ file, args, env, cwd, stdio, ownGroup: false }).catch(
    (error: unknown) => {
      terminal.restore();
      throw error;
    },
  );
  terminal.attach(child);
  const exited = child.exited.finally(() => terminal.restore());

  const stop = async (deadline: AbortSignal): Promise<void> => {
    // What was asked of us is asked of it: HUP stays HUP.
    const signal = signals.received() ?? spec.stopSignal;
    await stopGroup(child, [{ signal, waitMs: DRAIN_MS }], { deadline });
    await exited;
    // Never by group: that one is also the user's shell pipeline.
    await sweepCookie(cookie);
  };
  let stopped: Promise<void> | null = null;
  return { pid: child.pid, exited, stop: (deadline) => (stopped ??= stop(deadline)) };
}
