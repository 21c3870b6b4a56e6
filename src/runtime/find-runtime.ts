// Finds a complete runtime in a few milliseconds: its mark and its Python are there.
import { lstat, stat } from "node:fs/promises";
import { join } from "node:path";
import { checkNotShared, checkOwner, refusePath } from "../platform/ownership.ts";
import { readMark } from "./mark.ts";
import type { LockKind, Runtime } from "./runtime.ts";

/**
 * null: not installed, not completed, or its base Python is gone. The tree is not hashed: `auditRuntime` does that.
 * Throws UserError("security") when somebody else could have changed it.
 */
export async function findRuntime(
  wanted: { readonly kind: LockKind; readonly version: string; readonly id: string },
  runtimesDir: string,
): Promise<Runtime | null> {
  const dir = join(runtimesDir, wanted.id);
  const [folder, mark] = await Promise.all([lstat(dir).catch(() => null), readMark(dir)]);
  if (folder === null) return null;
  if (!folder.isDirectory()) throw refusePath("security", dir, "is not a folder", `rm '${dir}'`);
  checkOwner(dir, folder);
  checkNotShared(dir, folder);
  if (mark?.id !== wanted.id) return null;
  const runtime = describeRuntime(wanted, dir);
  // Follows the link to the Python it was made with.
  const python = await stat(runtime.python).catch(() => null);
  return python === null ? null : runtime;
}

export function describeRuntime(
  { kind, version, id }: { readonly kind: LockKind; readonly version: string; readonly id: string },
  dir: string,
): Runtime {
  const bin = (name: string): string => join(dir, "bin", name);
  return { kind, version, id, dir, python: bin("python"), bin };
}
