// Opens the growing file of a log, or refuses what stands in its place.
import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  open as openFile,
  openSync,
  readSync,
  writeSync,
} from "node:fs";
import { promisify } from "node:util";
import { UserError } from "../core/errors.ts";
import { errorCode, writeProblem } from "./file-errors.ts";
import { checkOwner, refusePath } from "./ownership.ts";

const open = promisify(openFile);
const { O_RDWR, O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = constants;
const FLAGS = O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK;
const MODE = 0o600;

/** Its descriptor, to append to. Only a plain file of ours: a link or pipe planted in its place is refused, never followed. */
export function openLog(path: string): number {
  try {
    return check(path, openSync(path, FLAGS, MODE));
  } catch (error) {
    throw explain(path, error);
  }
}

/** The same for a log that is in use: making a file waits for a busy disk, sometimes for a tenth of a second. */
export async function openNextLog(path: string): Promise<number> {
  try {
    return check(path, await open(path, FLAGS, MODE));
  } catch (error) {
    throw explain(path, error);
  }
}

function explain(path: string, error: unknown): UserError {
  if (error instanceof UserError) return error;
  const code = errorCode(error);
  if (code === "ELOOP") return refusePath("security", path, "is a symbolic link", "remove it");
  if (code === "ENXIO") return refusePath("security", path, "is a socket", "remove it");
  return writeProblem("opened as a log", path, error);
}

function check(path: string, descriptor: number): number {
  try {
    const found = fstatSync(descriptor);
    checkOwner(path, found);
    if (!found.isFile() || found.nlink > 1) {
      throw refusePath("security", path, "is not a plain file of ours", "remove it");
    }
    if ((found.mode & 0o077) !== 0) fchmodSync(descriptor, 0o600);
    endLastLine(descriptor, found.size);
    return descriptor;
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

/** A killed run may have left half a line. */
function endLastLine(descriptor: number, size: number): void {
  const last = Buffer.alloc(1, "\n");
  if (size > 0) readSync(descriptor, last, 0, 1, size - 1);
  if (last.toString() === "\n") return;
  try {
    writeSync(descriptor, "\n");
  } catch {
    // A full disk: two lines stay glued together.
  }
}
