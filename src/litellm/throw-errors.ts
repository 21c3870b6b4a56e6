// The end of a configuration with errors: all problems together, as one UserError.
import type { Problem } from "../core/errors.ts";
import { UserError } from "../core/errors.ts";

export function throwErrors(problems: readonly Problem[]): void {
  const errors = problems.filter(({ severity }) => severity === "error");
  if (errors.length === 0) return;
  const others = problems.filter(({ severity }) => severity !== "error");
  const isRefusal = errors.some(({ rule }) => rule === "remote");
  throw new UserError(isRefusal ? "security" : "usage", [...errors, ...others]);
}
