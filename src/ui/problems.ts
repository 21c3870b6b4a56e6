// Renders a problem as the user reads it: severity, place, what, how to fix.
import type { Problem } from "../core/errors.ts";
import { renderPlace } from "../core/place.ts";
import type { Palette } from "./palette.ts";
import { sanitize } from "./sanitize.ts";

/** `sidelite: error: config.yaml:3:5: model_list[0].model_name: is missing` and an indented `fix:` line. */
export function renderProblem(problem: Problem, palette: Palette): string {
  const isError = problem.severity === "error";
  const severity = isError ? palette.bad("error") : palette.warn(problem.severity);
  const where = [problem.place ? renderPlace(problem.place) : null, problem.path ?? null].filter(
    (part) => part !== null && part !== "",
  );
  const head = `sidelite: ${severity}: ${sanitize([...where, problem.message].join(": "))}`;
  const rule = problem.rule ? palette.dim(` [${problem.rule}]`) : "";
  return problem.remedy ? `${head}${rule}\n  fix: ${sanitize(problem.remedy)}` : head + rule;
}
