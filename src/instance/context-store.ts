// The context file on disk: read as it is, changed by one program at a time, whole or not at all.
import { lstat, realpath } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { ContextFile } from "../config/context-file.ts";
import { parseContextFile } from "../config/context-file.ts";
import { editContextFile } from "../config/edit-context-file.ts";
import type { ContextLocation } from "../config/locate.ts";
import type { Change } from "../core/change.ts";
import { DEFAULT_LIMITS } from "../core/document.ts";
import { UserError } from "../core/errors.ts";
import { errorCode } from "../platform/file-errors.ts";
import { ensurePrivateDir, readLimited, sweepTemporaries, writeAtomic } from "../platform/files.ts";
import { acquireLock } from "../platform/lock.ts";

/** null: there is none, and none was named. Throws UserError. */
export async function readContextFile(location: ContextLocation): Promise<ContextFile | null> {
  const text = await readText(location, location.isNamed);
  return text === null ? null : parseContextFile(text, location.path);
}

/**
 * `edit` is called twice: first without the lock, so that a mistake is told before anything is made, then with what the
 * file holds when nobody else writes it. Throws UserError; the file then is as it was.
 */
export async function changeContextFile(
  location: ContextLocation,
  edit: (file: ContextFile) => readonly Change[],
  signal: AbortSignal,
): Promise<void> {
  const { path, home } = location;
  editContextFile(await readText(location, false), path, edit);
  await ensurePrivateDir(home.dir);
  // One lock for every context file of this home: a change takes milliseconds.
  const lock = await acquireLock(join(home.dir, "config.lock"), { wait: true, signal });
  try {
    const text = await readText(location, false);
    const changed = editContextFile(text, path, edit);
    if (changed === text) return;
    const target = await followLink(path);
    await sweepTemporaries(dirname(target));
    await writeAtomic(target, changed);
  } finally {
    await lock?.release();
  }
}

async function readText({ path }: ContextLocation, mustExist: boolean): Promise<string | null> {
  const limits = { maxBytes: DEFAULT_LIMITS.maxBytes, what: "context file" };
  try {
    return (await readLimited(path, limits)).text;
  } catch (error) {
    const isMissing = error instanceof UserError && (await isAbsent(path));
    if (isMissing && !mustExist) return null;
    throw error;
  }
}

/** Not even a link that leads nowhere. */
async function isAbsent(path: string): Promise<boolean> {
  return lstat(path).then(
    () => false,
    (error: unknown) => errorCode(error) === "ENOENT",
  );
}

/** A link to the file stays a link: the file it leads to is written. */
async function followLink(path: string): Promise<string> {
  return realpath(path).catch(() => path);
}
