// What a command gets beside its input: the host, the voice, the signals.
import type { Context, Input, Signals } from "./core/context.ts";
import type { Host } from "./core/host.ts";
import { createTerminal } from "./ui/terminal.ts";

export async function createContext(
  host: Host,
  signals: Signals,
  flags: Input["flags"],
): Promise<Context> {
  const verbose = flags["verbose"] === true;
  return {
    host,
    signals,
    verbose,
    get yes() {
      return flags["yes"] === true || host.stdin.isTTY !== true;
    },
    report: await createTerminal(host, { verbose }),
    print: (text) => void host.stdout.write(`${text}\n`),
  };
}
