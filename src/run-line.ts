// Runs a command line: a plain one of a running instance's verbs at once, any other by commander.
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
    const { INSTANCE_VERBS } = await import("./verbs/instance.ts");
    const { parsePlainLine } = await import("./plain-line.ts");
    const plain = parsePlainLine(argv, INSTANCE_VERBS);
    if (plain !== null) {
      const { createContext } = await import("./command-context.ts");
      const run = await plain.verb.load();
      return run(plain.input, await createContext(host, signals, plain.input.flags));
    }
  }
  const { runCli } = await import("./cli.ts");
  return runCli(argv, host, signals);
}
