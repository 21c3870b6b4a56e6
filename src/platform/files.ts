// Files read with limits, written whole or not at all, in folders that only this user can enter.
import type { Stats } from "node:fs";
import { constants } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { chmod, lstat, mkdir, open, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { UserError } from "../core/errors.ts";
import { decodeText } from "./decode-text.ts";
import { errorCode, writeProblem } from "./file-errors.ts";
import { checkNotShared, checkOwner, checkParents, refusePath } from "./ownership.ts";
import { kindOf, openProblem, tooBig } from "./read-problems.ts";

const TEMPORARY = /^\..+\.(\d+)\.[0-9a-f]{12}\.tmp$/;

export interface ReadLimits {
  readonly maxBytes: number;
  /** What a person calls the file: "LiteLLM config". */
  readonly what: string;
  /** false: a symbolic or hard link is refused (files that sidelite itself wrote). */
  readonly follow?: boolean;
}

export interface TextFile {
  readonly text: string;
  readonly path: string;
  readonly mtimeMs: number;
  /** Permission bits. */
  readonly mode: number;
}

/**
 * A regular file of this user or of root, as text. Never blocks on a FIFO and never reads more than the limit.
 * Throws UserError: usage (missing, no regular file, too big, no UTF-8), machine (unreadable), security (others may
 * change it).
 */
export async function readLimited(path: string, limits: ReadLimits): Promise<TextFile> {
  const flags = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;
  const noFollow = limits.follow === false ? constants.O_NOFOLLOW : 0;
  let handle: FileHandle;
  try {
    handle = await open(path, flags | noFollow);
  } catch (error) {
    throw await openProblem(path, limits.what, error);
  }
  try {
    const before = await handle.stat();
    checkReadable(path, before, limits);
    const bytes = await readAtMost(handle, before.size + 1);
    const after = await handle.stat();
    if (after.size !== bytes.length || after.mtimeMs !== before.mtimeMs) {
      const remedy = "run the command again when nothing writes to it";
      throw refusePath("usage", path, `the ${limits.what} changed while it was read`, remedy);
    }
    const text = decodeText(bytes, path, limits.what);
    return { text, path, mtimeMs: after.mtimeMs, mode: after.mode & 0o7777 };
  } finally {
    await handle.close();
  }
}

/** The file has its old content or all of the new one, whenever the process is killed; mode 0600 from its creation. */
export async function writeAtomic(
  path: string,
  data: string | Uint8Array,
  options: { readonly mode?: number } = {},
): Promise<void> {
  // Who only reads does not wait for it.
  const { randomBytes } = await import("node:crypto");
  // `sweepTemporaries` knows this name.
  const name = `.${basename(path)}.${process.pid}.${randomBytes(6).toString("hex")}.tmp`;
  const temporary = join(dirname(path), name);
  try {
    const handle = await open(temporary, "wx", 0o600);
    try {
      await handle.writeFile(data);
      if (options.mode !== undefined && options.mode !== 0o600) await handle.chmod(options.mode);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw writeProblem("written", path, error);
  }
}

/** The folder exists, is this user's, is no link, and nobody else can enter it. Creates, tightens or refuses. */
export async function ensurePrivateDir(path: string): Promise<void> {
  const absolute = resolve(path);
  await checkParents(absolute);
  try {
    await makeFolders(absolute);
    const found = await lstat(absolute);
    if (found.isSymbolicLink()) {
      throw refusePath("security", path, "is a symbolic link", "put a real folder in its place");
    }
    if (!found.isDirectory()) {
      throw refusePath("machine", path, "is a file, not a folder", "remove it");
    }
    checkOwner(absolute, found);
    if ((found.mode & 0o077) !== 0) await chmod(absolute, 0o700);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw writeProblem("created", absolute, error);
  }
}

/** Not `recursive: true`, which says ENOENT on a read-only file system. */
async function makeFolders(path: string, isSecondTry = false): Promise<void> {
  try {
    await mkdir(path, 0o700);
  } catch (error) {
    const code = errorCode(error);
    if (code === "EEXIST") return;
    if (code !== "ENOENT" || isSecondTry) throw error;
    await makeFolders(dirname(path));
    await makeFolders(path, true);
  }
}

/** Removes what a killed `writeAtomic` left in the folder; returns how many files. */
export async function sweepTemporaries(folder: string): Promise<number> {
  const names = await readdir(folder).catch(() => []);
  const stale = names.filter((name) => {
    const pid = TEMPORARY.exec(name)?.[1];
    return pid !== undefined && !isRunning(Number(pid));
  });
  await Promise.all(stale.map((name) => rm(join(folder, name), { force: true })));
  return stale.length;
}

/** A reused pid only keeps one small file until the next sweep. */
function isRunning(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === "EPERM";
  }
}

function checkReadable(path: string, found: Stats, limits: ReadLimits): void {
  const { what } = limits;
  if (!found.isFile()) {
    const remedy = "name a file; write what comes from a pipe to one first";
    throw refusePath("usage", path, `the ${what} is ${kindOf(found)}, not a file`, remedy);
  }
  if (limits.follow === false && found.nlink > 1) {
    throw refusePath("security", path, "is a hard link", "remove it");
  }
  checkOwner(path, found);
  checkNotShared(path, found);
  if (found.size > limits.maxBytes) throw tooBig(path, limits.what, limits.maxBytes);
}

async function readAtMost(handle: FileHandle, limit: number): Promise<Buffer> {
  const buffer = Buffer.alloc(limit);
  let length = 0;
  while (length < limit) {
    const { bytesRead } = await handle.read(buffer, length, limit - length, length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return buffer.subarray(0, length);
}
