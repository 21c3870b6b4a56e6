// Asks a person at a terminal for a yes, on stderr.
import { createInterface } from "node:readline";
import type { Host } from "../core/host.ts";
import { sanitize } from "./sanitize.ts";

/** Only y or yes is a yes. Throws the signal's reason. */
export async function confirm(
  question: string,
  host: Pick<Host, "stdin" | "stderr">,
  signal: AbortSignal,
): Promise<boolean> {
  // The terminal itself edits the line; Ctrl+C stays a signal.
  const reader = createInterface({ input: host.stdin, terminal: false });
  const stop = (): void => reader.close();
  signal.addEventListener("abort", stop, { once: true });
  try {
    host.stderr.write(`${sanitize(question)} [y/N]: `);
    for await (const line of reader) return /^y(?:es)?$/i.test(line.trim());
    signal.throwIfAborted();
    return false;
  } finally {
    signal.removeEventListener("abort", stop);
    reader.close();
  }
}
