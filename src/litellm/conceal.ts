// Keeps values of secrets and variables out of what is said about a configuration.
import type { Problem } from "../core/errors.ts";
import type { Environment } from "../core/host.ts";
import { lookUp } from "../core/references.ts";
import type { Extracted } from "./extract.ts";

// A shorter one would blot out parts of plain words.
const MIN_LENGTH = 4;

/** Secrets become `***`, a variable's value its `$NAME`. */
export function concealValues(
  problems: readonly Problem[],
  { secrets, uses, variables }: Pick<Extracted, "secrets" | "uses" | "variables">,
  env: Environment,
): Problem[] {
  const names = [
    ...[...secrets, ...variables.values()].map((value) => [value, "***"] as const),
    ...uses.map(({ name }) => [lookUp(env, name) ?? "", `$${name}`] as const),
  ]
    .filter(([value]) => value.length >= MIN_LENGTH)
    .toSorted(([a], [b]) => b.length - a.length);
  const conceal = (text: string) =>
    names.reduce((shown, [value, name]) => shown.replaceAll(value, () => name), text);
  return problems.map((problem) => ({
    ...problem,
    message: conceal(problem.message),
    ...(problem.remedy === undefined ? {} : { remedy: conceal(problem.remedy) }),
  }));
}
