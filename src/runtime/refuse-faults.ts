// Turns what a check of an environment found into one refusal (exit 8).
import type { Problem } from "../core/errors.ts";
import { problem, UserError } from "../core/errors.ts";
import { refuseDenied } from "./deny.ts";

export interface Findings {
  /** Files that are not as their package's RECORD says. */
  readonly faults: readonly string[];
  /** Code that would run at every start. */
  readonly hooks: readonly string[];
  /** Packages that the lock does not name. */
  readonly foreign: readonly string[];
  /** All packages, "name==version". */
  readonly packages: readonly string[];
}

const SHOWN = 5;

/** Throws UserError("security") with every kind of finding; nothing when there is none. */
export function refuseFaults(
  what: string,
  { faults, hooks, foreign, packages }: Findings,
  remedy = "a cache or the package index is damaged or was changed: clear the cache (uv cache clean, pip cache purge) " +
    "and run the command again",
): void {
  refuseDenied(packages, what);
  const found: Problem[] = [];
  const add = (list: readonly string[], text: string): void => {
    if (list.length === 0) return;
    const shown = list.slice(0, SHOWN).join("; ");
    const more = list.length > SHOWN ? `; and ${list.length - SHOWN} more` : "";
    found.push(problem(`${what}: ${text}: ${shown}${more}`, { remedy }));
  };
  add(hooks, "code that would run at every start of Python");
  add(faults, "files are not as their package lists them");
  add(foreign, "packages that the lock does not name");
  if (found.length > 0) throw new UserError("security", found);
}
