// Who uses a runtime: one empty file for each process, named by the process for its whole life.
import { randomBytes } from "node:crypto";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ProcessIdentity } from "../platform/os-contract.ts";
import { errorCode, writeProblem } from "../platform/file-errors.ts";
import { isSameProcess, os } from "../platform/os.ts";

/** In the runtimes folder, not in a runtime: a mark must outlive the folder's replacement. */
const FOLDER = ".in-use";
/** encodeURIComponent never leaves it in a part. */
const SEPARATOR = "@";

/**
 * Says that this process uses the runtime; the result takes it back. A killed process's file counts no longer, because
 * pid, start time and boot are in its name.
 */
export async function markInUse(runtimesDir: string, id: string): Promise<() => Promise<void>> {
  const identity = await os.identify(process.pid);
  if (identity === null) return async () => undefined;
  const { pid, startTime, bootId } = identity;
  const parts = [id, pid, startTime, bootId, randomBytes(4).toString("hex")];
  const path = join(runtimesDir, FOLDER, parts.map(encodeURIComponent).join(SEPARATOR));
  try {
    await writeMarkFile(path).catch(async (error: unknown) => {
      if (errorCode(error) !== "ENOENT") throw error;
      await mkdir(join(runtimesDir, FOLDER), { recursive: true, mode: 0o700 });
      await writeMarkFile(path);
    });
  } catch (error) {
    // Nobody can prune what nobody can write.
    if (errorCode(error) !== "EROFS" && errorCode(error) !== "EACCES") {
      throw writeProblem("written", path, error);
    }
  }
  return async () => rm(path, { force: true });
}

/** Ids that running processes use. Forgets those of ended ones. */
export async function readInUse(runtimesDir: string): Promise<ReadonlySet<string>> {
  const folder = join(runtimesDir, FOLDER);
  const names = await readdir(folder).catch(() => []);
  const used = new Set<string>();
  for (const name of names) {
    const user = parseName(name);
    if (user !== null && (await isSameProcess(user.identity))) used.add(user.id);
    else await rm(join(folder, name), { force: true });
  }
  return used;
}

async function writeMarkFile(path: string): Promise<void> {
  await writeFile(path, "", { flag: "wx", mode: 0o600 });
}

function parseName(name: string): { id: string; identity: ProcessIdentity } | null {
  const [id, pid, startTime, bootId] = name.split(SEPARATOR).map(decodePart);
  if (id === undefined || startTime === undefined || bootId === undefined) return null;
  return { id, identity: { pid: Number(pid), startTime, bootId } };
}

function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
