// Runs a command line: a plain one of the short commands by itself, any other by commander.
import type { Signals } from "./core/context.ts";
import type { Host } from "./core/host.ts";

const PLAIN_WORDS = new Set(["worker", "proxy", "env", "validate"]);

/** Returns the exit code. Throws UserError for a wrong command line. */
export async function runLine(
  argv: readonly string[],
  host: Host,
  signals: Signals,
): Promise<number> {
  if (PLAIN_WORDS.has(argv[0] ?? "")) {
    const { runShortLine } = await import("./short-line.ts");
    const code = await runShortLine(argv, host, signals);
    if (code !== null) return code;
  }
  const { runCli } = await import("./cli.ts");
  return runCli(argv, host, signals);
}
