// Files that a LiteLLM process reads by itself: it sees a change of one only when it is started anew.
import { isAbsolute, join } from "node:path";
import { listCustomModules } from "./custom-modules.ts";
import { holdsPath, holdsVariablePath } from "./path-fields.ts";
import { mapScalars } from "./tree.ts";

/** Absolute paths, some of folders or of nothing. `baseDir`: where custom modules are. */
export function listLocalFiles(
  value: unknown,
  environment: Readonly<Record<string, string>>,
  baseDir: string | null,
): readonly string[] {
  const found = new Set<string>();
  mapScalars(value, (scalar, path) => {
    if (typeof scalar === "string" && holdsPath(String(path.at(-1)), scalar)) found.add(scalar);
    return scalar;
  });
  for (const [name, text] of Object.entries(environment))
    if (holdsVariablePath(name) && isAbsolute(text)) found.add(text);
  if (baseDir !== null) {
    for (const { name } of listCustomModules(value)) {
      const parts = name.split(".").slice(0, -1);
      // `s3://...` is loaded from elsewhere.
      if (!name.includes("/")) found.add(`${join(baseDir, ...parts)}.py`);
    }
  }
  return [...found];
}
