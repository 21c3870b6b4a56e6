// The mark that makes a runtime complete: written last, read at every start.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { writeAtomic } from "../platform/files.ts";

export interface Mark {
  readonly schemaVersion: 1;
  readonly id: string;
  /** Of all RECORD files: says which files, by hash, were there when the runtime was verified. */
  readonly recordsDigest: string;
  readonly packages: number;
  readonly bytes: number;
  /** Version of the Python it was made with. */
  readonly python: string;
  readonly installer: string;
  /** ISO 8601. */
  readonly installedAt: string;
}

const NAME = "sidelite-runtime.json";

/** null: not complete, or not written by this version's rules. */
export async function readMark(dir: string): Promise<Mark | null> {
  try {
    const value: unknown = JSON.parse(await readFile(join(dir, NAME), "utf8"));
    return isMark(value) ? value : null;
  } catch {
    return null;
  }
}

export async function writeMark(dir: string, mark: Mark): Promise<void> {
  await writeAtomic(join(dir, NAME), `${JSON.stringify(mark, null, 2)}\n`);
}

function isMark(value: unknown): value is Mark {
  if (typeof value !== "object" || value === null) return false;
  const mark = value as Partial<Record<keyof Mark, unknown>>;
  const texts = [mark.id, mark.recordsDigest, mark.python, mark.installer, mark.installedAt];
  const numbers = [mark.packages, mark.bytes];
  return (
    mark.schemaVersion === 1 &&
    texts.every((text) => typeof text === "string") &&
    numbers.every((number) => typeof number === "number")
  );
}
