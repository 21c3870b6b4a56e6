// Modules of the user's own that a configuration names and that are not beside it: LiteLLM's start would end there.
import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { Problem } from "../core/errors.ts";
import type { CustomModule } from "../litellm/custom-modules.ts";
import { toProblem } from "../litellm/findings.ts";
import type { PreparedLitellm } from "../litellm/prepare.ts";

/** Only a warning: LiteLLM would also take a module of its own environment. */
export async function findMissingModules({
  customModules,
  cwd,
  place,
}: Pick<PreparedLitellm, "customModules" | "cwd" | "place">): Promise<Problem[]> {
  const problems: Problem[] = [];
  for (const { path, name } of customModules) {
    const file = cwd === null ? null : fileOf(name);
    if (cwd === null || file === null || (await exists(cwd, file))) continue;
    problems.push(
      toProblem(
        {
          path,
          message: `names the module ${file}.py, which is not in ${cwd}`,
          remedy: "put it there, beside the configuration file, or correct the name",
          severity: "warning",
          rule: "missing-module",
        },
        place,
      ),
    );
  }
  return problems;
}

/** Without `.py`; null: it comes with LiteLLM, or from a bucket. */
function fileOf(name: CustomModule["name"]): string | null {
  const [first, ...rest] = name.split(".").slice(0, -1);
  if (first === undefined || first === "litellm" || name.includes("://")) return null;
  return join(first, ...rest);
}

async function exists(folder: string, file: string): Promise<boolean> {
  for (const found of [`${file}.py`, join(file, "__init__.py")]) {
    const info = await stat(join(folder, found)).catch(() => null);
    if (info?.isFile()) return true;
  }
  return false;
}
