// Reads an answer's body no further than a limit on what it unpacks to.

/** The body is larger than the limit. */
export class TooLarge extends Error {
  override readonly name = "TooLarge";
}

/** `fetch` unpacks gzip and brotli while it streams, so a bomb is stopped at the same limit. */
export async function readCapped(response: Response, maxBytes: number): Promise<Buffer> {
  if (response.body === null) return Buffer.alloc(0);
  const reader = response.body.getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return Buffer.concat(chunks);
    length += value.byteLength;
    if (length > maxBytes) {
      await reader.cancel();
      throw new TooLarge(`more than ${maxBytes} bytes`);
    }
    chunks.push(value);
  }
}
