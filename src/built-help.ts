// The text of `--help` as the build wrote it, so that showing it loads nothing.
import { readFileSync } from "node:fs";

/** null: not built by `npm run build`; the command line makes the text itself. */
export function readBuiltHelp(): string | null {
  try {
    return readFileSync(new URL("./help.txt", import.meta.url), "utf8");
  } catch {
    return null;
  }
}
