// Starts every long-lived child: whole environment, chosen descriptors, own group or ours, exact end.
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { Socket } from "node:net";
import type { Readable, Writable } from "node:stream";
import { BugError } from "../core/errors.ts";
import type { ExitStatus } from "./exit-status.ts";
import { spawnProblem } from "./spawn-problem.ts";

/** A number is one of our descriptors, given to the child. A pipe is a socket pair: both directions. */
type StdioSlot = "ignore" | "inherit" | "pipe" | number;

export interface ChildSpec {
  /** Absolute, or looked up in the PATH of `env`. */
  readonly file: string;
  readonly args: readonly string[];
  /** The whole environment; nothing is added. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** By descriptor, from 0. */
  readonly stdio: readonly StdioSlot[];
  /** Leads its own session and group: a terminal's signals do not reach it, `killGroup` does. */
  readonly ownGroup: boolean;
}

export interface Child {
  readonly pid: number;
  readonly ownGroup: boolean;
  readonly stdin: Writable | null;
  readonly stdout: Readable | null;
  readonly stderr: Readable | null;
  /** By descriptor; null where the slot is no pipe. */
  readonly stdio: readonly (Socket | null)[];
  /** At the process's end, though a grandchild may hold its pipes open. Never rejects. */
  readonly exited: Promise<ExitStatus>;
  /** null while it runs. */
  status(): ExitStatus | null;
  /** false when it has ended. */
  kill(signal: NodeJS.Signals): boolean;
  /** Also after the leader's end, while members of the group are left; false when nobody is. 0 only asks. */
  killGroup(signal: NodeJS.Signals | 0): boolean;
  /** It no longer keeps our event loop alive. */
  unref(): void;
}

/**
 * Resolves when the program runs; a UserError (notFound, cannotRun, usage, machine) when it cannot.
 * Node's own spawn, not execa's: the first children start before anything else, and execa's import costs 85 ms.
 */
export async function spawnChild(spec: ChildSpec): Promise<Child> {
  const { file, args, env, cwd = process.cwd(), stdio, ownGroup } = spec;
  let child: ChildProcess;
  try {
    child = spawn(file, args, { env, cwd, stdio: [...stdio], detached: ownGroup });
    const ended = observeExit(child);
    await once(child, "spawn");
    return handleOf(child, ended, ownGroup);
  } catch (error) {
    throw await spawnProblem({ file, args, env, cwd }, error);
  }
}

interface Ended {
  readonly exited: Promise<ExitStatus>;
  status(): ExitStatus | null;
  /** Members of its group outlived it. */
  groupLeft(): boolean;
}

function observeExit(child: ChildProcess): Ended {
  let status: ExitStatus | null = null;
  let left = false;
  const exited = new Promise<ExitStatus>((resolve) => {
    child.once("exit", (code, signal) => {
      status = { code, signal };
      // Asked at once: later the number may belong to a stranger, unless members keep it in use.
      left = child.pid !== undefined && signalGroup(child.pid, 0);
      resolve(status);
    });
  });
  return { exited, status: () => status, groupLeft: () => left };
}

function handleOf(child: ChildProcess, ended: Ended, ownGroup: boolean): Child {
  const { pid } = child;
  if (pid === undefined) throw new BugError("a running child has no pid");
  return {
    pid,
    ownGroup,
    stdin: child.stdin,
    stdout: child.stdout,
    stderr: child.stderr,
    stdio: child.stdio.map((stream) => (stream instanceof Socket ? stream : null)),
    exited: ended.exited,
    status: () => ended.status(),
    kill: (signal) => child.kill(signal),
    killGroup: (signal) => {
      if (!ownGroup) throw new BugError("a child in our own group has no group to kill");
      if (ended.status() !== null && !ended.groupLeft()) return false;
      return signalGroup(pid, signal);
    },
    unref: () => child.unref(),
  };
}

function signalGroup(group: number, signal: NodeJS.Signals | 0): boolean {
  // kill(-1) would mean everybody.
  if (group <= 1) throw new BugError("no group of ours has such a number");
  try {
    return process.kill(-group, signal);
  } catch {
    return false;
  }
}
