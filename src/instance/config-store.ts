// Keeps what each generation reads: immutable files named by digest, and a copy of the one in force.
import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { writeAtomic } from "../platform/files.ts";
import type { InstancePaths } from "../state/paths.ts";

/** Enough to look back at, and to roll back to. */
const KEPT = 10;

export function configPath(paths: InstancePaths, digest: string): string {
  return join(paths.configsDir, `${digest}.yaml`);
}

export async function storeConfig(
  paths: InstancePaths,
  digest: string,
  rendered: string,
): Promise<void> {
  await writeAtomic(configPath(paths, digest), rendered);
  await writeAtomic(paths.configCopy, rendered);
  await removeOld(paths.configsDir, digest);
}

async function removeOld(folder: string, digest: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".yaml"));
  const aged = await Promise.all(
    names.map(async (name) => ({ name, at: (await stat(join(folder, name))).mtimeMs })),
  );
  const old = aged.toSorted((a, b) => b.at - a.at).slice(KEPT);
  for (const { name } of old)
    if (name !== `${digest}.yaml`) await rm(join(folder, name), { force: true });
}
