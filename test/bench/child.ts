// A bench process of its own, told and heard through Node's IPC; it ends with us.
import type { ChildProcess } from "node:child_process";
import { fork } from "node:child_process";
import { once } from "node:events";

export interface BenchChild {
  /** What it said when it was ready. */
  readonly ready: Readonly<Record<string, unknown>>;
  readonly pid: number;
  stop(): Promise<void>;
}

/** Starts a script that sends `{ ready: true, ... }` once it serves. */
export async function startChild(
  script: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<BenchChild> {
  const child = fork(script, args, { env, execArgv: [] });
  const ready = await hear<Record<string, unknown>>(child, script);
  return { ready, pid: child.pid ?? 0, stop: () => stop(child) };
}

/** Starts a script, sends it one order and gives its one answer. */
export async function askChild<Answer>(script: string, order: object): Promise<Answer> {
  const child = fork(script, [], { execArgv: [] });
  child.send(order);
  try {
    return await hear<Answer>(child, script);
  } finally {
    await stop(child);
  }
}

async function hear<Answer>(child: ChildProcess, script: string): Promise<Answer> {
  const died = once(child, "exit").then(([code]) => {
    throw new Error(`${script} ended with ${code}`);
  });
  const heard = once(child, "message").then((values): Answer => values[0]);
  const answer = await Promise.race([heard, died]);
  died.catch(() => {}); // its end is no failure once it has answered
  return answer;
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.disconnect();
  await ended;
}
