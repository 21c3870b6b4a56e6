// Turns an errno of the file system into a message with path and remedy.
import { statfsSync } from "node:fs";
import { dirname } from "node:path";
import { problem, UserError } from "../core/errors.ts";

export function errorCode(error: unknown): string | undefined {
  return error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "not permitted",
  EROFS: "the file system is read-only",
  EDQUOT: "the disk quota is used up",
  ENAMETOOLONG: "the name is too long",
  ENOENT: "the folder above it is missing, or a link that leads nowhere",
  ENOTDIR: "a part of the path is not a folder",
  EISDIR: "a folder is in its place",
  ELOOP: "a symbolic link is in its place",
  EMFILE: "too many open files",
  ENFILE: "too many open files on this machine",
};

/** An error (exit 7) for a path that sidelite itself writes; `action` completes "cannot be ...". */
export function writeProblem(action: string, path: string, error: unknown): UserError {
  const code = errorCode(error) ?? String(error);
  const reason = code === "ENOSPC" ? fullDisk(path) : (REASONS[code] ?? code);
  const remedy =
    code === "ENOSPC" || code === "EDQUOT"
      ? "free some space, or set SIDELITE_HOME to a folder on another disk"
      : "set SIDELITE_HOME to a folder that this user may write";
  return new UserError(
    "machine",
    problem(`cannot be ${action}: ${reason}`, { place: { source: path }, remedy }),
    { cause: error },
  );
}

function fullDisk(path: string): string {
  try {
    const { bavail, bsize } = statfsSync(dirname(path));
    return `no space left on the disk (${bavail * bsize} bytes free)`;
  } catch {
    return "no space left on the disk";
  }
}
