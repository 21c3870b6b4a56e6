// Lists the runtimes of a folder: what they are, whether this sidelite wants them, whether anybody uses them.
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { errorCode } from "../platform/file-errors.ts";
import { findRuntime } from "./find-runtime.ts";
import { readInUse } from "./in-use.ts";
import { readLock } from "./lock-file.ts";
import { readMark } from "./mark.ts";
import type { LockKind } from "./runtime.ts";

export interface ListedRuntime {
  readonly id: string;
  readonly kind: LockKind;
  readonly version: string;
  readonly dir: string;
  /** false: an installation was killed, or the Python it was made with is gone; the next start makes it anew. */
  readonly complete: boolean;
  /** Named by a lock of this version of sidelite. */
  readonly current: boolean;
  readonly inUse: boolean;
  /** Version of its Python, bytes on the disk and time of installation; null where it is not complete. */
  readonly python: string | null;
  readonly bytes: number | null;
  readonly installedAt: string | null;
}

const KINDS: readonly LockKind[] = ["litellm", "kubiya-worker", "uv"];
const DIGEST = /-[0-9a-f]{12}$/;

export async function listRuntimes(runtimesDir: string): Promise<ListedRuntime[]> {
  const names: string[] = await readdir(runtimesDir).catch((error: unknown) => {
    if (errorCode(error) === "ENOENT") return [];
    throw error;
  });
  const [current, used] = await Promise.all([currentIds(), readInUse(runtimesDir)]);
  const listed: ListedRuntime[] = [];
  for (const id of names.toSorted()) {
    const wanted = parseId(id);
    if (wanted === null) continue;
    const dir = join(runtimesDir, id);
    const complete = (await findRuntime(wanted, runtimesDir)) !== null;
    const mark = complete ? await readMark(dir) : null;
    const { python = null, bytes = null, installedAt = null } = mark ?? {};
    const state = { complete, current: current.has(id), inUse: used.has(id) };
    listed.push({ ...wanted, dir, ...state, python, bytes, installedAt });
  }
  return listed;
}

/** null: another file of the folder. */
function parseId(id: string): { kind: LockKind; version: string; id: string } | null {
  const kind = KINDS.find((name) => id.startsWith(`${name}-`));
  if (kind === undefined || !DIGEST.test(id)) return null;
  return { kind, version: id.slice(kind.length + 1).replace(DIGEST, ""), id };
}

async function currentIds(): Promise<ReadonlySet<string>> {
  const locks = await Promise.all(KINDS.map(async (kind) => readLock(kind)));
  return new Set(locks.map(({ id }) => id));
}
