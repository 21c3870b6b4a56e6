// Reads one JSON string that may be spread over chunks; keeps a bounded part of it.

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** ASCII without a backslash: the bytes are the value. */
const PLAIN = /^[ -[\]-~]*$/;

export class JsonString {
  /** The last chunk ended between a backslash and what it escapes. */
  #escaped = false;
  /** Where the chunk's next quote and backslash are, so that each byte is searched once. */
  #quote = -1;
  #slash = -1;
  /** Bytes kept, as latin1; one more than wanted shows that there were more. */
  #text = "";
  #keep = 0;

  /** A new string begins; `keep`: how many of its bytes are wanted. */
  open(keep: number): void {
    this.#text = "";
    this.#keep = keep;
  }

  /** A new chunk begins. */
  nextChunk(): void {
    this.#quote = -1;
    this.#slash = -1;
  }

  /** Index of the closing quote, or -1: not in this chunk. */
  read(chunk: Buffer, from: number): number {
    const end = this.#end(chunk, from);
    if (this.#keep > 0) {
      const room = this.#keep + 1 - this.#text.length;
      const stop = end < 0 ? chunk.length : end;
      this.#text += chunk.toString("latin1", from, Math.min(stop, from + room));
    }
    return end;
  }

  get tooLong(): boolean {
    return this.#text.length > this.#keep;
  }

  /** null: too long, or with an escape that JSON does not know. */
  get value(): string | null {
    if (this.tooLong) return null;
    if (PLAIN.test(this.#text)) return this.#text;
    try {
      return String(JSON.parse(`"${Buffer.from(this.#text, "latin1").toString()}"`));
    } catch {
      return null;
    }
  }

  #end(chunk: Buffer, from: number): number {
    let at = this.#escaped ? from + 1 : from;
    this.#escaped = false;
    while (at < chunk.length) {
      if (this.#quote < at) this.#quote = indexOrEnd(chunk, QUOTE, at);
      if (this.#slash < at) this.#slash = indexOrEnd(chunk, BACKSLASH, at);
      if (this.#quote <= this.#slash) return this.#quote < chunk.length ? this.#quote : -1;
      at = this.#slash + 2;
    }
    this.#escaped = at > chunk.length;
    return -1;
  }
}

function indexOrEnd(chunk: Buffer, byte: number, from: number): number {
  const index = chunk.indexOf(byte, from);
  return index < 0 ? chunk.length : index;
}
