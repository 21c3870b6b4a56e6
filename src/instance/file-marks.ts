// What files looked like at a moment: a later look tells which of them were changed since.
import { stat } from "node:fs/promises";

/** By absolute path. Equal marks: the same file with the same content, as far as a look from outside can tell. */
export type FileMarks = ReadonlyMap<string, FileMark>;

export interface FileMark {
  readonly key: string;
  /** Missing or empty: an editor may be about to write it. */
  readonly isVoid: boolean;
  /** Wall clock, milliseconds; 0 when it is missing. */
  readonly changedAt: number;
}

export async function takeMarks(files: Iterable<string>): Promise<FileMarks> {
  const taken = await Promise.all(
    [...files].map(async (file) => [file, await mark(file)] as const),
  );
  return new Map(taken);
}

/** Without those of files that were changed after `since` (wall clock, ms): who read them may have seen less. */
export function marksBefore(marks: FileMarks, since: number): FileMarks {
  return new Map([...marks].filter(([, { changedAt }]) => changedAt < since));
}

/** Files of `now` that are other ones in `before`, or not in it. */
export function changedFiles(before: FileMarks, now: FileMarks): string[] {
  return [...now].flatMap(([file, { key }]) => (before.get(file)?.key === key ? [] : [file]));
}

async function mark(file: string): Promise<FileMark> {
  try {
    const found = await stat(file);
    // What is in a folder says nothing about a setting that names it.
    if (!found.isFile()) return { key: "no file", isVoid: false, changedAt: 0 };
    const { ino, size, mtimeMs, ctimeMs } = found;
    // The inode's time tells a file that can be read again, or one that another with older dates took the place of.
    const key = [ino, size, mtimeMs, ctimeMs].join(" ");
    return { key, isVoid: size === 0, changedAt: ctimeMs };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    return { key: code, isVoid: true, changedAt: 0 };
  }
}
