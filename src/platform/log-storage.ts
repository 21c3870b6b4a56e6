// The files of one log: the growing one and those renamed when it was full.
import { close, closeSync, fstatSync, write } from "node:fs";
import { rename } from "node:fs/promises";
import { promisify } from "node:util";
import { errorCode } from "./file-errors.ts";
import { openLog, openNextLog } from "./open-log.ts";

const writeBytes = promisify(write);
const closeFile = promisify(close);
const LINE_FEED = 0x0a;
/** A line is kept in one file even if that grows over its limit, up to this much. */
const OVERHANG_BYTES = 64 * 1024;

export class LogStorage {
  readonly #path: string;
  readonly #maxBytes: number;
  readonly #keep: number;
  #descriptor: number;
  #size: number;
  #atLineStart = true;
  #dropped = 0;
  /** Lines dropped that the log itself does not tell of yet. */
  #untold = 0;

  constructor(path: string, limits: { readonly maxBytes: number; readonly keep: number }) {
    this.#path = path;
    this.#maxBytes = limits.maxBytes;
    this.#keep = limits.keep;
    this.#descriptor = openLog(path);
    this.#size = fstatSync(this.#descriptor).size;
  }

  get dropped(): number {
    return this.#dropped;
  }

  /** Writes all of it, over as many files as it needs; counts what the disk refuses. One call at a time. */
  async append(data: Buffer): Promise<void> {
    let rest = data;
    while (rest.length > 0) {
      const length = this.#fitting(rest);
      const written = length === 0 || (await this.#write(rest.subarray(0, length)));
      rest = rest.subarray(length);
      if (rest.length > 0 && !(written && (await this.#rotate()))) {
        this.#drop(rest);
        return;
      }
    }
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  /** How many bytes still belong into the present file, which ends with a line where that is possible. */
  #fitting(data: Buffer): number {
    const room = this.#maxBytes - this.#size;
    if (data.length <= room) return data.length;
    const wholeLines = room > 0 ? data.lastIndexOf(LINE_FEED, room - 1) + 1 : 0;
    if (wholeLines > 0) return wholeLines;
    if (this.#atLineStart && this.#size > 0) return 0;
    // The line has begun in this file, or is longer than any file.
    const roomForLine = room + OVERHANG_BYTES;
    const end = data.indexOf(LINE_FEED) + 1;
    if (end > 0 && end <= roomForLine) return end;
    return Math.max(0, Math.min(data.length, roomForLine));
  }

  async #write(data: Buffer): Promise<boolean> {
    const told = this.#untold === 0 || (await this.#tellDropped());
    const written = told ? await this.#writeAll(data) : 0;
    if (written === data.length) return true;
    this.#drop(data.subarray(written));
    return false;
  }

  async #tellDropped(): Promise<boolean> {
    const lineEnd = this.#atLineStart ? "" : "\n";
    const notice = Buffer.from(
      `${lineEnd}[sidelite: ${this.#untold} lines dropped, the disk took no more]\n`,
    );
    if ((await this.#writeAll(notice)) < notice.length) return false;
    this.#untold = 0;
    return true;
  }

  /** How many bytes the disk took. */
  async #writeAll(data: Buffer): Promise<number> {
    let written = 0;
    try {
      while (written < data.length) {
        written += (await writeBytes(this.#descriptor, data, written)).bytesWritten;
      }
    } catch {
      // ENOSPC, EDQUOT, EFBIG, EIO: the caller counts the rest.
    }
    this.#size += written;
    if (written > 0) this.#atLineStart = data[written - 1] === LINE_FEED;
    return written;
  }

  #drop(data: Buffer): void {
    let lines = 0;
    for (let at = data.indexOf(LINE_FEED); at >= 0; at = data.indexOf(LINE_FEED, at + 1))
      lines += 1;
    if (data.length > 0 && data.at(-1) !== LINE_FEED) lines += 1;
    this.#dropped += lines;
    this.#untold += lines;
  }

  /** false: the names could not be changed; the limit holds all the same. */
  async #rotate(): Promise<boolean> {
    try {
      for (let age = this.#keep - 1; age > 0; age -= 1) {
        await rename(`${this.#path}.${age}`, `${this.#path}.${age + 1}`).catch(ignoreMissing);
      }
      await rename(this.#path, `${this.#path}.1`).catch(ignoreMissing);
      const next = await openNextLog(this.#path);
      await closeFile(this.#descriptor);
      this.#descriptor = next;
      this.#size = fstatSync(next).size;
      return true;
    } catch {
      return false;
    }
  }
}

function ignoreMissing(error: unknown): void {
  if (errorCode(error) !== "ENOENT") throw error;
}
