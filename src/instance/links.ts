// The links in `venv/bin` by which the documentation's commands find the programs in the shared runtimes.
import { rename, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ensurePrivateDir } from "../platform/files.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { InstancePaths } from "../state/paths.ts";

export async function linkPrograms(
  paths: InstancePaths,
  runtime: Runtime,
  names: readonly string[],
): Promise<void> {
  await ensurePrivateDir(dirname(paths.venvBin));
  await ensurePrivateDir(paths.venvBin);
  for (const name of names) {
    const link = join(paths.venvBin, name);
    const fresh = `${link}.${process.pid}`;
    await symlink(runtime.bin(name), fresh);
    await rename(fresh, link);
  }
}
