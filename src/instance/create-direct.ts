// The file that `provider add` begins where there is none yet: a provider alone is a configuration that can be started.
import { dirname } from "node:path";
import type { LitellmSource } from "../config/litellm-source.ts";
import type { Context } from "../core/context.ts";
import { problem, UserError } from "../core/errors.ts";
import { renderYaml } from "../core/render-yaml.ts";
import { errorCode, writeProblem } from "../platform/file-errors.ts";
import { checkChange, editablePath } from "./edit-direct.ts";
import { schemaReference, writeNew } from "./init-file.ts";

/** Mode 0600, with the schema's address for editors. Throws UserError, and then there is no file. */
export async function createDirect(
  source: LitellmSource,
  value: object,
  context: Context,
): Promise<void> {
  const path = editablePath(source);
  const schema = schemaReference(dirname(path));
  const text = `# yaml-language-server: $schema=${schema}\n${renderYaml(value)}`;
  await checkChange({ text, path, before: new Set() }, context);
  try {
    await writeNew(path, text);
  } catch (error) {
    throw cannotCreate(path, error);
  }
  context.report.info(`${path} is new`);
}

function cannotCreate(path: string, error: unknown): UserError {
  if (errorCode(error) === "EEXIST") {
    const remedy = "run the command again: it changes that file";
    const message = "it was made by another program at this moment";
    return new UserError("usage", problem(message, { place: { source: path }, remedy }));
  }
  const remedy = "make its folder, or name a file in a folder that you may write to";
  const { problems } = writeProblem("written", path, error);
  return new UserError(
    "machine",
    problems.map((found) => ({ ...found, remedy })),
    { cause: error },
  );
}
