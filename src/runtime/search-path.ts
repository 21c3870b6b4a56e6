// The folders in which programs are looked for.
import { access, constants, stat } from "node:fs/promises";
import { delimiter, isAbsolute, join } from "node:path";
import type { Environment } from "../core/host.ts";

/**
 * PATH, then `~/.local/bin`, where `pip install --user`, pipx and uv put programs. A relative folder is left out: what
 * lies in the cwd is not run.
 */
export function searchPath(env: Environment, home: string | null): readonly string[] {
  const folders = (env["PATH"] ?? "").split(delimiter).filter((folder) => isAbsolute(folder));
  if (home !== null) folders.push(join(home, ".local/bin"));
  return [...new Set(folders)];
}

/** Every executable file of that name, in the order of the folders. */
export async function findPrograms(name: string, folders: readonly string[]): Promise<string[]> {
  const paths = folders.map((folder) => join(folder, name));
  const found = await Promise.all(paths.map(isProgram));
  return paths.filter((_, index) => found[index]);
}

async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
