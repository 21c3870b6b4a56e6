// Runs a plain line of the commands that look at a running instance, and of `validate`, without commander.
import { createContext } from "./command-context.ts";
import type { Signals } from "./core/context.ts";
import type { Host } from "./core/host.ts";
import { parsePlainLine } from "./plain-line.ts";
import { INSTANCE_VERBS } from "./verbs/instance.ts";
import { VALIDATE_VERB } from "./verbs/validate.ts";

export const SHORT_VERBS = [...INSTANCE_VERBS, VALIDATE_VERB];

/** The exit code; null: the line is not a plain one. */
export async function runShortLine(
  argv: readonly string[],
  host: Host,
  signals: Signals,
): Promise<number | null> {
  const plain = parsePlainLine(argv, SHORT_VERBS);
  if (plain === null) return null;
  const loading = plain.verb.load();
  const context = await createContext(host, signals, plain.input.flags);
  return (await loading)(plain.input, context);
}
