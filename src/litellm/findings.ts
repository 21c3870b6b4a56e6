// Collects what is wrong with a configuration, each with place and path.
import type { YamlPath } from "../core/document.ts";
import { renderPath } from "../core/document.ts";
import type { Problem, Severity } from "../core/errors.ts";
import type { Place } from "../core/place.ts";
import type { RuleName } from "./rule-names.ts";

export interface Finding {
  readonly path: YamlPath;
  readonly message: string;
  readonly remedy?: string;
  readonly severity?: Severity;
  readonly rule: RuleName;
}

/** Severity is error unless said otherwise. */
export function toProblem(finding: Finding, place: (path: YamlPath) => Place): Problem {
  const { path, severity, ...rest } = finding;
  const text = renderPath(path);
  return {
    severity: severity ?? "error",
    place: place(path),
    ...rest,
    ...(text === "" ? {} : { path: text }),
  };
}
