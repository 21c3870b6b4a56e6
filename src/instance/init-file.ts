// The file that `init` writes: its schema's address for editors, and never over an existing one.
import { open, rm } from "node:fs/promises";
import { relative, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { problem, UserError } from "../core/errors.ts";
import { errorCode, writeProblem } from "../platform/file-errors.ts";
import { writeAtomic } from "../platform/files.ts";
import type { Template } from "./init-templates.ts";

const SCHEMA = fileURLToPath(
  new URL("../../templates/schema/litellm-config.schema.json", import.meta.url),
);
/** As the templates name it, from where they lie. */
const SHIPPED = "$schema=../schema/litellm-config.schema.json";
const MODULES = `${sep}node_modules${sep}`;

/** The template for a file in `folder` (absolute): editors find the schema from there. */
export function renderTemplate({ text }: Template, folder: string): string {
  return text.replace(SHIPPED, () => `$schema=${schemaReference(folder)}`);
}

/**
 * Relative where the package belongs to the project that `folder` is part of, so that the file also works for others
 * who install it; else the absolute address of this installation. yaml-language-server takes both, without spaces.
 */
export function schemaReference(folder: string, schema: string = SCHEMA): string {
  const at = schema.indexOf(MODULES);
  const project = at === -1 ? null : schema.slice(0, at);
  const isOwn = project !== null && (folder === project || folder.startsWith(`${project}${sep}`));
  if (!isOwn) return pathToFileURL(schema).href;
  const path = relative(folder, schema).split(sep).join("/");
  return path.startsWith(".") ? path : `./${path}`;
}

/** Mode 0600. Throws UserError: usage when the file is there and `force` is not, machine when it cannot be written. */
export async function writeConfigFile(path: string, text: string, force: boolean): Promise<void> {
  try {
    await (force ? writeAtomic(path, text) : writeNew(path, text));
  } catch (error) {
    if (errorCode(error) === "EEXIST") throw alreadyThere(path);
    const { problems } = error instanceof UserError ? error : writeProblem("written", path, error);
    const remedy = "run it in a folder that you may write to, or use --print";
    throw new UserError(
      "machine",
      problems.map((found) => ({ ...found, remedy })),
      { cause: error },
    );
  }
}

/** Mode 0600, exclusive: neither a file nor a link that someone else makes at this moment is written to. Throws an errno. */
export async function writeNew(path: string, text: string): Promise<void> {
  const handle = await open(path, "wx", 0o600);
  try {
    await handle.writeFile(text);
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
}

function alreadyThere(path: string): UserError {
  const remedy = "--force replaces it, --print shows the template only";
  return new UserError("usage", problem("it exists already", { place: { source: path }, remedy }));
}
