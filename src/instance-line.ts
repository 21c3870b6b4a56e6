// Runs a plain command line about running instances at once. Its imports are static, so that they load side by side.
import { createContext } from "./command-context.ts";
import type { Signals } from "./core/context.ts";
import type { Host } from "./core/host.ts";
import { parsePlainLine } from "./plain-line.ts";
import { INSTANCE_VERBS } from "./verbs/instance.ts";

/** The exit code; null: the line is not a plain one. */
export async function runInstanceLine(
  argv: readonly string[],
  host: Host,
  signals: Signals,
): Promise<number | null> {
  const plain = parsePlainLine(argv, INSTANCE_VERBS);
  if (plain === null) return null;
  const loading = plain.verb.load();
  const context = await createContext(host, signals, plain.input.flags);
  return (await loading)(plain.input, context);
}
