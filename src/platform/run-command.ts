// Runs a short command to its end and keeps what it said; the only importer of execa, loaded when first needed.
import type { ExitStatus } from "./exit-status.ts";
import { spawnProblem } from "./spawn-problem.ts";

export interface CommandSpec {
  readonly file: string;
  readonly args: readonly string[];
  /** The whole environment; nothing is added. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Text for its stdin, which is else /dev/null. */
  readonly input?: string;
  /** For each of stdout and stderr; what is over it is cut. Default 1 MiB. */
  readonly maxBytes?: number;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

export interface CommandResult {
  readonly status: ExitStatus;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
}

/**
 * Any exit status is a result; a UserError only when it cannot be started. At the time limit or abort its whole group
 * is killed; an abort rejects with the signal's reason.
 */
export async function runCommand(spec: CommandSpec): Promise<CommandResult> {
  const {
    file,
    args,
    env,
    cwd = process.cwd(),
    input,
    maxBytes = 1 << 20,
    timeoutMs,
    signal,
  } = spec;
  const { execa } = await import("execa");
  signal?.throwIfAborted();
  const child = execa(file, args, {
    env,
    extendEnv: false,
    cwd,
    ...(input === undefined ? { stdin: "ignore" } : { input }),
    maxBuffer: maxBytes,
    stripFinalNewline: false,
    reject: false,
    // Its own group, so that what it started ends with it; no exit hook of execa's in our process.
    detached: true,
    cleanup: false,
  });
  const stop = (): void => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, "SIGKILL");
    } catch {
      // Nobody is left in the group.
    }
  };
  let timedOut = false;
  const timer =
    timeoutMs === undefined ? null : setTimeout(() => ((timedOut = true), stop()), timeoutMs);
  signal?.addEventListener("abort", stop, { once: true });
  try {
    const result = await child;
    signal?.throwIfAborted();
    if (child.pid === undefined) throw await spawnProblem({ file, args, env, cwd }, result.cause);
    const status = { code: result.exitCode ?? null, signal: result.signal ?? null };
    return { status, stdout: result.stdout, stderr: result.stderr, timedOut };
  } finally {
    if (timer !== null) clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
  }
}
