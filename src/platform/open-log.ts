// Opens the growing file of a log, or refuses what stands in its place.
import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  openSync,
  readSync,
  writeSync,
} from "node:fs";
import { UserError } from "../core/errors.ts";
import { errorCode, writeProblem } from "./file-errors.ts";
import { checkOwner, refusePath } from "./ownership.ts";

/** Its descriptor, to append to. Only a plain file of ours: a link or pipe planted in its place is refused, never followed. */
export function openLog(path: string): number {
  const { O_RDWR, O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = constants;
  let descriptor: number;
  try {
    descriptor = openSync(path, O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o600);
  } catch (error) {
    const code = errorCode(error);
    if (code === "ELOOP") throw refusePath("security", path, "is a symbolic link", "remove it");
    if (code === "ENXIO") throw refusePath("security", path, "is a socket", "remove it");
    throw writeProblem("opened as a log", path, error);
  }
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
    throw error instanceof UserError ? error : writeProblem("opened as a log", path, error);
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
