// The shells' own parts of the completion scripts, as they lie in the package.
import { readFile } from "node:fs/promises";
import { BugError } from "../core/errors.ts";

export const SHELLS = ["bash", "zsh", "fish"] as const;

export type Shell = (typeof SHELLS)[number];

const FOLDER = new URL("../../templates/completion/", import.meta.url);
/** The line that the verbs take the place of. */
const PLACE = "\n# GRAMMAR\n";

export async function buildCompletion(shell: Shell, grammar: string): Promise<string> {
  const script = await readFile(new URL(`sidelite.${shell}`, FOLDER), "utf8");
  if (!script.includes(PLACE)) throw new BugError(`the ${shell} script has no place for the verbs`);
  return script.replace(PLACE, () => `\n${grammar}\n`);
}
