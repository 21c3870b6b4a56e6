// What a daemon in the making and the command that starts it tell each other, one line of JSON each.
import type { Problem } from "../core/errors.ts";

/** What the daemon is to do: never in its arguments, where an inline configuration could be read by all. */
export interface DaemonTask {
  readonly verb: DaemonVerb;
  readonly flags: Readonly<Record<string, string | boolean | string[] | undefined>>;
  readonly args: readonly string[];
}

export type DaemonVerb = "worker" | "proxy";

export type DaemonMessage =
  | { readonly type: "info"; readonly text: string }
  | { readonly type: "problem"; readonly problem: Problem }
  /** It runs from now on without its parent. */
  | { readonly type: "ready"; readonly url: string | null; readonly files: DaemonFiles }
  | { readonly type: "failed"; readonly code: number };

export type DaemonFiles = Readonly<Record<string, string>>;

/** The descriptor of the line between the two. */
export const DAEMON_FD = 3;

/** Both ends are the same program, started a moment apart; null: a broken line. */
export function parseDaemonMessage(line: string): DaemonMessage | null {
  const value = parseObject(line);
  return value !== null && "type" in value && typeof value.type === "string" && isMessage(value)
    ? value
    : null;
}

export function parseDaemonTask(line: string): DaemonTask | null {
  const value = parseObject(line);
  return value !== null && isTask(value) ? value : null;
}

function parseObject(line: string): object | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? value : null;
  } catch {
    return null;
  }
}

function isMessage(value: object): value is DaemonMessage {
  const fields = { info: "text", problem: "problem", ready: "files", failed: "code" };
  const type: unknown = Reflect.get(value, "type");
  return Object.entries(fields).some(([name, field]) => name === type && field in value);
}

function isTask(value: object): value is DaemonTask {
  const verb: unknown = Reflect.get(value, "verb");
  return (verb === "worker" || verb === "proxy") && "flags" in value && "args" in value;
}
