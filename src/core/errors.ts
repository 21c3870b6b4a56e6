// The two kinds of failure: the user's or the machine's (UserError, with remedy), and ours (BugError, exit 70).
import type { ExitName } from "./exit-codes.ts";
import { EXIT_CODES } from "./exit-codes.ts";
import type { Place } from "./place.ts";

export type Severity = "error" | "warning" | "notice";

export interface Problem {
  readonly severity: Severity;
  /** What is wrong, without the place and without a final full stop. */
  readonly message: string;
  readonly place?: Place;
  /** Path inside the document, `model_list[2].litellm_params.model`. */
  readonly path?: string;
  /** What to do about it: a command or an edit. */
  readonly remedy?: string;
  /** Name of the lint rule that found it. */
  readonly rule?: string;
}

/** Something the user or the machine can mend. Carries every problem found, not only the first. */
export class UserError extends Error {
  override readonly name = "UserError";
  readonly exit: ExitName;
  readonly problems: readonly Problem[];

  constructor(exit: ExitName, problems: Problem | readonly Problem[], options?: ErrorOptions) {
    const list = "message" in problems ? [problems] : problems;
    super(list.map(({ message }) => message).join("; "), options);
    this.exit = exit;
    this.problems = list;
  }

  get exitCode(): number {
    return EXIT_CODES[this.exit].code;
  }
}

/** A state that sidelite's own code should have made impossible. */
export class BugError extends Error {
  override readonly name = "BugError";
}

/** An error problem as literal shorthand. */
export function problem(
  message: string,
  rest: Omit<Problem, "severity" | "message"> = {},
): Problem {
  return { severity: "error", message, ...rest };
}
