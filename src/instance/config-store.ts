// Keeps what each generation reads: immutable files named by digest, the last good one marked, and a copy of it.
import { readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { writeAtomic } from "../platform/files.ts";
import type { InstancePaths } from "../state/paths.ts";

/** Enough to look back at, and to roll back to. */
const KEPT = 10;
/** Holds the digest of the last configuration that was in force. */
const MARK = "last-good";

export function configPath(paths: InstancePaths, digest: string): string {
  return join(paths.configsDir, `${digest}.yaml`);
}

/** For a generation to try. */
export async function storeConfig(
  paths: InstancePaths,
  digest: string,
  rendered: string,
): Promise<void> {
  await writeAtomic(configPath(paths, digest), rendered);
  await removeOld(paths.configsDir, digest);
}

/** It is in force from now on: a generation of it has been ready. */
export async function keepAsGood(
  paths: InstancePaths,
  digest: string,
  rendered: string,
): Promise<void> {
  await writeAtomic(paths.configCopy, rendered);
  await writeAtomic(join(paths.configsDir, MARK), `${digest}\n`);
}

async function removeOld(folder: string, digest: string): Promise<void> {
  const good = await readFile(join(folder, MARK), "utf8").catch(() => "");
  const kept = new Set([`${digest}.yaml`, `${good.trim()}.yaml`]);
  const names = (await readdir(folder)).filter((name) => name.endsWith(".yaml"));
  const aged = await Promise.all(
    names.map(async (name) => ({ name, at: (await stat(join(folder, name))).mtimeMs })),
  );
  const old = aged.toSorted((a, b) => b.at - a.at).slice(KEPT);
  for (const { name } of old) if (!kept.has(name)) await rm(join(folder, name), { force: true });
}
