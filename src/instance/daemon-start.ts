// Starts this program once more, in a session of its own, and waits until it is ready or has failed.
import { closeSync } from "node:fs";
import { rename, stat } from "node:fs/promises";
import { createInterface } from "node:readline";
import type { Context } from "../core/context.ts";
import { BugError, problem } from "../core/errors.ts";
import { EXIT_CODES } from "../core/exit-codes.ts";
import { ensurePrivateDir } from "../platform/files.ts";
import { openLog } from "../platform/open-log.ts";
import type { Child } from "../platform/spawn.ts";
import { spawnChild } from "../platform/spawn.ts";
import { instancePaths } from "../state/paths.ts";
import type { DaemonFiles, DaemonTask } from "./daemon-messages.ts";
import { OWN_LOG_BYTES } from "./own-log.ts";
import { DAEMON_FD, parseDaemonMessage } from "./daemon-messages.ts";

export interface StartedDaemon {
  readonly pid: number;
  readonly url: string | null;
  readonly files: DaemonFiles;
}

/** A number is the exit code of a start that failed; why was told. `home` is `~/.kubiya`. */
export async function startDaemon(
  name: string,
  home: string,
  task: DaemonTask,
  context: Context,
): Promise<StartedDaemon | number> {
  const { host, signals } = context;
  const { dir, logsDir, ownLog } = instancePaths(home, name, host.env);
  for (const folder of [home, dir, logsDir]) await ensurePrivateDir(folder);
  const log = ownLog;
  const child = await spawn(name, log, context);
  const forward = (): void => void child.kill("SIGTERM");
  signals.abort.addEventListener("abort", forward, { once: true });
  const started = await follow(child, task, context);
  signals.abort.removeEventListener("abort", forward);
  if (typeof started === "number") return started;
  child.unref();
  return { ...started, files: { ...started.files, sideliteLog: log } };
}

async function spawn(name: string, log: string, { host }: Context): Promise<Child> {
  const [, program] = process.argv;
  if (program === undefined) throw new BugError("this program does not know its own path");
  const { size } = await stat(log).catch(() => ({ size: 0 }));
  if (size > OWN_LOG_BYTES) await rename(log, `${log}.1`);
  const descriptor = openLog(log);
  const env = Object.entries(host.env).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, value] as const],
  );
  try {
    return await spawnChild({
      file: process.execPath,
      // The name is for `ps`; what to do comes over the line.
      args: [...process.execArgv, program, "__daemon", name],
      env: Object.fromEntries(env),
      cwd: host.cwd,
      stdio: ["ignore", descriptor, descriptor, "pipe"],
      ownGroup: true,
    });
  } finally {
    closeSync(descriptor);
  }
}

async function follow(
  child: Child,
  task: DaemonTask,
  { report }: Context,
): Promise<StartedDaemon | number> {
  const line = child.stdio[DAEMON_FD];
  if (!line) throw new BugError("there is no line to the daemon");
  line.on("error", () => line.destroy());
  line.write(`${JSON.stringify(task)}\n`);
  try {
    for await (const text of createInterface({ input: line })) {
      const message = parseDaemonMessage(text);
      if (message?.type === "info") report.info(message.text);
      if (message?.type === "problem") report.problem(message.problem);
      if (message?.type === "ready")
        return { pid: child.pid, url: message.url, files: message.files };
      if (message?.type === "failed") {
        await child.exited;
        return message.code;
      }
    }
  } finally {
    line.destroy();
  }
  const status = await child.exited;
  const how = status.signal ?? `exit status ${status.code}`;
  report.problem(problem(`the daemon ended before it was ready: ${how}`));
  return EXIT_CODES.failed.code;
}
