// Runs pip or uv to its end, with progress, and turns its failure into words.
import { createInterface } from "node:readline";
import { createRedactor } from "../core/redact.ts";
import type { Reaper } from "../platform/reaper.ts";
import { spawnChild } from "../platform/spawn.ts";
import type { Child } from "../platform/spawn.ts";
import { toExitCode } from "../platform/exit-status.ts";
import { installerProblem } from "./installer-problem.ts";
import type { InstallerFailure } from "./installer-problem.ts";

export interface InstallerRun {
  readonly command: { readonly file: string; readonly args: readonly string[] };
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Ends the installer when sidelite is killed. */
  readonly reaper: Reaper;
  readonly signal: AbortSignal;
  readonly onLine: (line: string) => void;
}

/** For the diagnosis; pip says a few lines for each package. */
const KEPT_LINES = 200;

/** Throws UserError (security, machine), or the signal's reason after its group was killed. */
export async function runInstaller(
  run: InstallerRun,
  describe: Omit<InstallerFailure, "lines" | "end">,
): Promise<void> {
  const { command, env, cwd, reaper, signal } = run;
  signal.throwIfAborted();
  const stdio = ["ignore", "pipe", "pipe"] as const;
  const child = await spawnChild({ ...command, env, cwd, stdio, ownGroup: true });
  const stop = (): void => void child.killGroup("SIGKILL");
  reaper.addGroup(child.pid);
  signal.addEventListener("abort", stop, { once: true });
  try {
    const lines = await readLines(child, run.onLine);
    const status = await child.exited;
    signal.throwIfAborted();
    if (status.code === 0) return;
    const end = status.signal ?? `exit ${toExitCode(status)}`;
    throw installerProblem({ ...describe, lines, end });
  } finally {
    signal.removeEventListener("abort", stop);
    stop();
    reaper.removeGroup(child.pid);
  }
}

/** Both streams, in the order they come; an index URL's password does not pass. */
async function readLines(child: Child, onLine: (line: string) => void): Promise<string[]> {
  const redactor = createRedactor();
  const kept: string[] = [];
  const read = async (stream: Child["stdout"]): Promise<void> => {
    if (stream === null) return;
    for await (const raw of createInterface({ input: stream, crlfDelay: Infinity })) {
      const line = redactor.text(raw).trimEnd();
      if (line === "") continue;
      kept.push(line);
      if (kept.length > KEPT_LINES) kept.shift();
      onLine(line);
    }
  };
  await Promise.all([read(child.stdout), read(child.stderr)]);
  return kept;
}
