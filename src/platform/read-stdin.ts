// What comes on stdin, as text: bounded, and given up when the program is asked to stop.
import type { Readable } from "node:stream";
import { addAbortSignal } from "node:stream";
import { decodeText } from "./decode-text.ts";
import { tooBig } from "./read-problems.ts";

/** How messages name it. */
export const STDIN = "<stdin>";

/** Throws UserError("usage") when it is too long or not UTF-8; rejects with the signal's reason. */
export async function readStdin(
  stdin: Readable,
  options: { readonly maxBytes: number; readonly what: string; readonly signal: AbortSignal },
): Promise<string> {
  const { maxBytes, what, signal } = options;
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of addAbortSignal(signal, stdin)) {
      const bytes = Buffer.from(chunk);
      length += bytes.length;
      if (length > maxBytes) throw tooBig(STDIN, what, maxBytes);
      chunks.push(bytes);
    }
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
  return decodeText(Buffer.concat(chunks), STDIN, what);
}
