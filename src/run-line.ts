// Runs a command line: a plain one about running instances by itself, any other by commander.
import type { Signals } from "./core/context.ts";
import type { Host } from "./core/host.ts";

const INSTANCE_WORDS = new Set(["worker", "proxy", "env"]);

/** Returns the exit code. Throws UserError for a wrong command line. */
export async function runLine(
  argv: readonly string[],
  host: Host,
  signals: Signals,
): Promise<number> {
  if (INSTANCE_WORDS.has(argv[0] ?? "")) {
    const { runInstanceLine } = await import("./instance-line.ts");
    const code = await runInstanceLine(argv, host, signals);
    if (code !== null) return code;
  }
  const { runCli } = await import("./cli.ts");
  return runCli(argv, host, signals);
}
