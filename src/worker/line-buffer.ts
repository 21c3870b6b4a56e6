// Keeps the lines of two streams whole where both go into one log, and none longer than a log's line may be.
import { GOES_ON, LONGEST_LINE, WENT_ON } from "../core/long-line.ts";

const LINE_FEED = 0x0a;
const ENDING = Buffer.from(`${GOES_ON}\n`);
const BEGINNING = Buffer.from(WENT_ON);
/** Of a part, without its marks. */
const PART_BYTES = LONGEST_LINE - BEGINNING.length - ENDING.length;
/** A character of UTF-8 has up to three bytes behind its first. */
const MOST_FOLLOWING = 3;

export class LineBuffer {
  #rest: Buffer[] = [];
  #length = 0;
  /** The rest's line has begun in the log. */
  #hasBegun = false;

  /** The lines that are complete now, and parts of one that is too long; the rest is kept. */
  push(chunk: Buffer): Buffer {
    if (this.#length + chunk.length <= PART_BYTES && !chunk.includes(LINE_FEED)) {
      this.#keep(chunk);
      return Buffer.alloc(0);
    }
    const data = this.#rest.length === 0 ? chunk : Buffer.concat([...this.#rest, chunk]);
    this.#rest = [];
    this.#length = 0;
    const out: Buffer[] = [];
    let at = 0;
    while (data.length - at > PART_BYTES) {
      const end = data.lastIndexOf(LINE_FEED, at + PART_BYTES) + 1;
      if (end > at) this.#give(out, data.subarray(at, end), false);
      at = end > at ? end : this.#givePart(out, data, at);
    }
    const end = data.lastIndexOf(LINE_FEED) + 1;
    if (end > at) this.#give(out, data.subarray(at, end), false);
    this.#keep(data.subarray(Math.max(at, end)));
    return out.length === 1 && out[0] ? out[0] : Buffer.concat(out);
  }

  /** What is left, ended as a line. */
  end(): Buffer {
    const out: Buffer[] = [];
    const last = Buffer.concat([...this.#rest, Buffer.from("\n")]);
    if (this.#length > 0 || this.#hasBegun) this.#give(out, last, false);
    this.#rest = [];
    this.#length = 0;
    return Buffer.concat(out);
  }

  /** Where the next part begins: not within a character. */
  #givePart(out: Buffer[], data: Buffer, from: number): number {
    let to = from + PART_BYTES;
    for (let back = 0; back < MOST_FOLLOWING && isFollowing(data[to]); back += 1) to -= 1;
    if (isFollowing(data[to])) to = from + PART_BYTES;
    this.#give(out, data.subarray(from, to), true);
    return to;
  }

  #give(out: Buffer[], bytes: Buffer, goesOn: boolean): void {
    if (this.#hasBegun) out.push(BEGINNING);
    out.push(bytes);
    if (goesOn) out.push(ENDING);
    this.#hasBegun = goesOn;
  }

  #keep(part: Buffer): void {
    if (part.length === 0) return;
    this.#rest.push(part);
    this.#length += part.length;
  }
}

function isFollowing(byte = 0): boolean {
  return (byte & 0xc0) === 0x80;
}
