// Who could change a path under us: its owner, and the folders above it.
import type { Stats } from "node:fs";
import { stat } from "node:fs/promises";
import { dirname } from "node:path";
import type { ExitName } from "../core/exit-codes.ts";
import { problem, UserError } from "../core/errors.ts";

const STICKY = 0o1000;
const OTHERS_WRITE = 0o002;
/** Inside a user namespace the owner of what is not mapped, often of `/`. */
const OVERFLOW_UID = 65_534;

export function refusePath(
  exit: ExitName,
  path: string,
  message: string,
  remedy: string,
): UserError {
  return new UserError(exit, problem(message, { place: { source: path }, remedy }));
}

/** Throws UserError("security") unless the owner is this user or root. */
export function checkOwner(path: string, found: Stats): void {
  const user = process.geteuid?.() ?? found.uid;
  if (found.uid === user || found.uid === 0) return;
  const message = `belongs to user id ${found.uid}, sidelite runs as ${user}`;
  throw refusePath(
    "security",
    path,
    message,
    `run sidelite as its owner, or: chown ${user} '${path}'`,
  );
}

/** Throws UserError("security") if anyone may write: what it says cannot be trusted. */
export function checkNotShared(path: string, found: Stats): void {
  if ((found.mode & OTHERS_WRITE) === 0) return;
  throw refusePath("security", path, "anyone on this machine may change it", `chmod o-w '${path}'`);
}

/** A folder above that others may rename things in would let them put their own folder in our place. */
export async function checkParents(path: string): Promise<void> {
  for (let parent = dirname(path); ; parent = dirname(parent)) {
    const found = await stat(parent).catch(() => null);
    if (found !== null) {
      if (found.uid !== OVERFLOW_UID) checkOwner(parent, found);
      if ((found.mode & STICKY) === 0) checkNotShared(parent, found);
    }
    if (parent === dirname(parent)) return;
  }
}
