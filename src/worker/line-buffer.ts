// Keeps the lines of two streams whole where both go into one log.

/** A line longer than this goes to the log in parts. */
const LONGEST_LINE = 64 * 1024;
const LINE_FEED = 0x0a;

export class LineBuffer {
  #rest: Buffer[] = [];
  #length = 0;

  /** The lines that are complete now; the rest is kept. */
  push(chunk: Buffer): Buffer {
    const end = chunk.lastIndexOf(LINE_FEED) + 1;
    if (end === 0 && this.#length + chunk.length < LONGEST_LINE) {
      this.#keep(chunk);
      return Buffer.alloc(0);
    }
    const cut = end === 0 ? chunk.length : end;
    const lines = Buffer.concat([...this.#rest, chunk.subarray(0, cut)]);
    this.#rest = [];
    this.#length = 0;
    this.#keep(chunk.subarray(cut));
    return lines;
  }

  /** What is left, ended as a line. */
  end(): Buffer {
    const rest = this.#length === 0 ? [] : [...this.#rest, Buffer.from("\n")];
    this.#rest = [];
    this.#length = 0;
    return Buffer.concat(rest);
  }

  #keep(part: Buffer): void {
    if (part.length === 0) return;
    this.#rest.push(part);
    this.#length += part.length;
  }
}
