// Why a file could not be read, in words with a remedy.
import type { Stats } from "node:fs";
import { readlink } from "node:fs/promises";
import { problem, UserError } from "../core/errors.ts";
import { errorCode } from "./file-errors.ts";
import { refusePath } from "./ownership.ts";

export async function openProblem(path: string, what: string, error: unknown): Promise<UserError> {
  switch (errorCode(error)) {
    case "ENOENT":
    case "ENOTDIR": {
      const target = await readlink(path).catch(() => null);
      const message =
        target === null
          ? `the ${what} does not exist`
          : `the ${what} is a symbolic link to ${target}, which does not exist`;
      const hint = path.includes("$") ? "; `$VAR` inside single quotes stays as it is" : "";
      return refusePath("usage", path, message, `check the path${hint}`);
    }
    case "ELOOP": {
      const message = `the ${what} is a symbolic link that cannot be followed`;
      return refusePath("usage", path, message, "name the file itself");
    }
    case "ENXIO":
      return refusePath("usage", path, `the ${what} is a socket, not a file`, "name a file");
    case "ENAMETOOLONG":
      return refusePath("usage", path, `the path of the ${what} is too long`, "check the path");
    case "EACCES":
    case "EPERM": {
      const message = `the ${what} cannot be read: permission denied`;
      return refusePath("machine", path, message, `chmod u+r '${path}'`);
    }
    default: {
      const message = `the ${what} cannot be read: ${errorCode(error) ?? String(error)}`;
      return new UserError("machine", problem(message, { place: { source: path } }), {
        cause: error,
      });
    }
  }
}

export function tooBig(path: string, what: string, maxBytes: number): UserError {
  const remedy = "check that this is the right file";
  return refusePath("usage", path, `the ${what} is larger than ${maxBytes} bytes`, remedy);
}

export function kindOf(found: Stats): string {
  if (found.isDirectory()) return "a folder";
  if (found.isFIFO()) return "a pipe";
  return "a device";
}
