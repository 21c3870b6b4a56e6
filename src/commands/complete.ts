// `sidelite __complete KIND`: names for the shell's completion; whatever is wrong, silence.
import { text } from "node:stream/consumers";
import type { Context, Input } from "../core/context.ts";
import { EXIT_CODES } from "../core/exit-codes.ts";
import { readLiveNames } from "../instance/live-names.ts";

/** The words typed so far come on stdin, each ended by NUL: among them may be a key, which argv would show. */
export async function complete({ args }: Input, context: Context): Promise<number> {
  const { stdin } = context.host;
  const [kind = ""] = args;
  try {
    const typed = stdin.isTTY === true ? "" : await text(stdin);
    const names = await readLiveNames(kind, typed.split("\0").slice(0, -1), context.host);
    if (names.length > 0) context.print(names.join("\n"));
  } catch {
    // A broken configuration is told when the command runs, not while it is typed.
  }
  return EXIT_CODES.ok.code;
}
