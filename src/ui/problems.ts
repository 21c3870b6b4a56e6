// Renders a problem as the user reads it: severity, place, what, how to fix.
import type { Problem } from "../core/errors.ts";
import { renderPlace } from "../core/place.ts";
import type { Palette } from "./palette.ts";

/** `sidelite: error: config.yaml:3:5: model_list[0].model_name: is missing` and an indented `fix:` line. */
export function renderProblem(problem: Problem, palette: Palette): string {
  const colour = problem.severity === "error" ? palette.bad : palette.warn;
  const where = [
    problem.place ? renderPlace(problem.place) : null,
    problem.path ?? null,
  ].filter((part) => part !== null && part !== "");
  const head = `sidelite: ${colour(problem.severity)}: ${[...where, problem.message].join(": ")}`;
  const rule = problem.rule ? palette.dim(` [${problem.rule}]`) : "";
  return problem.remedy ? `${head}${rule}\n  fix: ${problem.remedy}` : head + rule;
}
