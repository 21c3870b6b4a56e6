// Reads the lines of a log, one character a byte, the renamed older files first, and goes on with what is written later.
import type { FileHandle } from "node:fs/promises";
import { open, stat } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { errorCode } from "../platform/file-errors.ts";
import { LOG_LIMITS } from "./instance-log.ts";

/** Where the present file was read to: its inode, and a line's end. */
export interface LogPosition {
  readonly inode: number;
  readonly offset: number;
}

const CHUNK_BYTES = 64 * 1024;
const POLL_MS = 100;
const LINE_FEED = 0x0a;

/** The last `tail` lines that pass (null: all), oldest first, and where to go on. */
export async function readLog(
  path: string,
  passes: (line: string) => boolean,
  tail: number | null,
): Promise<{ readonly lines: readonly string[]; readonly position: LogPosition | null }> {
  let lines: string[] = [];
  let position: LogPosition | null = null;
  for (let age: number = LOG_LIMITS.keep; age >= 0; age -= 1) {
    const handle = await openFile(age === 0 ? path : `${path}.${age}`);
    if (handle === null) continue;
    try {
      let offset = 0;
      for await (const line of readLines(handle, 0)) {
        if (passes(line.text)) lines.push(line.text);
        ({ offset } = line);
        if (tail !== null && lines.length > 2 * tail + 1_000) lines = lines.slice(-tail);
      }
      if (age === 0) position = { inode: (await handle.stat()).ino, offset };
    } finally {
      await handle.close();
    }
  }
  if (tail === null) return { lines, position };
  return { lines: tail === 0 ? [] : lines.slice(-tail), position };
}

/** What comes after `from`, over renamings, until the signal fires or `isOver` says that nobody writes any more. */
export async function* followLog(
  path: string,
  from: LogPosition | null,
  isOver: () => Promise<boolean>,
  signal: AbortSignal,
): AsyncGenerator<string> {
  let position = from;
  let wasOver = false;
  while (!signal.aborted) {
    const handle = await openFollowed(path, position);
    if (handle !== null) {
      try {
        const inode = (await handle.stat()).ino;
        let offset = position?.inode === inode ? position.offset : 0;
        for await (const line of readLines(handle, offset)) {
          ({ offset } = line);
          yield line.text;
        }
        position = { inode, offset };
      } finally {
        await handle.close();
      }
    }
    if (wasOver) return;
    if (position !== null && (await isRenamed(path, position))) {
      position = null;
      continue;
    }
    // Once more after the end: its last lines may have come meanwhile.
    wasOver = await isOver();
    if (!wasOver) await sleep(POLL_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** The file that was being read, also when it is the youngest renamed one by now. */
async function openFollowed(
  path: string,
  position: LogPosition | null,
): Promise<FileHandle | null> {
  if (position !== null) {
    for (const candidate of [path, `${path}.1`]) {
      const found = await stat(candidate).catch(() => null);
      if (found?.ino === position.inode) return openFile(candidate);
    }
  }
  return openFile(path);
}

async function isRenamed(path: string, { inode }: LogPosition): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  return found !== null && found.ino !== inode;
}

/** Whole lines from `offset` on, each with the offset behind it. */
async function* readLines(
  handle: FileHandle,
  offset: number,
): AsyncGenerator<{ readonly text: string; readonly offset: number }> {
  const buffer = Buffer.alloc(CHUNK_BYTES);
  let rest: Buffer = Buffer.alloc(0);
  let at = offset;
  for (;;) {
    const { bytesRead } = await handle.read(buffer, 0, CHUNK_BYTES, at + rest.length);
    if (bytesRead === 0) return;
    rest = Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
    let begin = 0;
    for (let end = rest.indexOf(LINE_FEED); end >= 0; end = rest.indexOf(LINE_FEED, begin)) {
      yield { text: rest.toString("latin1", begin, end), offset: at + end + 1 };
      begin = end + 1;
    }
    at += begin;
    rest = rest.subarray(begin);
  }
}

async function openFile(path: string): Promise<FileHandle | null> {
  try {
    return await open(path, "r");
  } catch (error) {
    if (errorCode(error) === "ENOENT") return null;
    throw error;
  }
}
