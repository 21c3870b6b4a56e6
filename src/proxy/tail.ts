// The last output of a process, for the diagnosis.

const KEPT_BYTES = 64 * 1024;
const SHOWN_LINES = 20;

export class Tail {
  #chunks: string[] = [];
  #length = 0;

  /** `text` holds whole lines, one character a byte. */
  add(text: string): void {
    this.#chunks.push(text);
    this.#length += text.length;
    for (let first = this.#chunks[0]; first !== undefined; first = this.#chunks[0]) {
      if (this.#length - first.length < KEPT_BYTES) break;
      this.#length -= first.length;
      this.#chunks.shift();
    }
  }

  /** The last lines that say anything. */
  lines(): string[] {
    const text = Buffer.from(this.#chunks.join("").slice(-KEPT_BYTES), "latin1").toString();
    return text
      .split("\n")
      .filter((line) => line.trim() !== "")
      .slice(-SHOWN_LINES);
  }
}
