// The end of an answer as it passes, and the tokens that it says were used.

/** Every dialect ends with the usage: a JSON answer's last key, a stream's last events. */
const KEPT_BYTES = 16 * 1024;
// In a text of the model the closing quote would be escaped.
const TOTAL = /"(?:total_tokens|totalTokenCount)"\s*:\s*(\d{1,12})/g;
const PARTS = [
  /"(?:prompt_tokens|input_tokens|promptTokenCount)"\s*:\s*(\d{1,12})/g,
  /"(?:completion_tokens|output_tokens|candidatesTokenCount)"\s*:\s*(\d{1,12})/g,
];

export class UsageTail {
  #chunks: Buffer[] = [];
  #bytes = 0;

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    // The first ones, as long as the others are enough.
    while (this.#bytes - (this.#chunks[0]?.length ?? 0) >= KEPT_BYTES) {
      this.#bytes -= this.#chunks.shift()?.length ?? 0;
    }
  }

  /** 0 where the answer does not say. */
  get tokens(): number {
    const text = Buffer.concat(this.#chunks).subarray(-KEPT_BYTES).toString("latin1");
    return last(text, TOTAL) ?? PARTS.reduce((sum, part) => sum + (last(text, part) ?? 0), 0);
  }
}

function last(text: string, pattern: RegExp): number | null {
  const found = [...text.matchAll(pattern)].at(-1)?.[1];
  return found === undefined ? null : Number(found);
}
