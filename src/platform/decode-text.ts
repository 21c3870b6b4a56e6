// Bytes of a text file -> text: UTF-8 only, a BOM taken off, anything else named with its position.
import { isUtf8 } from "node:buffer";
import { problem, UserError } from "../core/errors.ts";

const UTF8_BOM = [0xef, 0xbb, 0xbf] as const;

/** Throws UserError("usage") for UTF-16, UTF-32 and invalid UTF-8. Control characters are left to the parser. */
export function decodeText(bytes: Buffer, source: string, what: string): string {
  const wide = wideEncoding(bytes);
  if (wide !== null) {
    throw new UserError(
      "usage",
      problem(`the ${what} is ${wide}, not UTF-8`, {
        place: { source, line: 1, column: 1 },
        remedy: `save it as UTF-8: iconv -f ${wide} -t UTF-8`,
      }),
    );
  }
  const body = UTF8_BOM.every((byte, index) => bytes[index] === byte) ? bytes.subarray(3) : bytes;
  // Node's TextDecoder costs a short command a millisecond.
  if (isUtf8(body)) return body.toString("utf8");
  throw new UserError("usage", invalidUtf8(body, source, what));
}

function wideEncoding(bytes: Buffer): string | null {
  const [a, b, c, d] = bytes;
  if (a === 0xff && b === 0xfe) return c === 0 && d === 0 ? "UTF-32" : "UTF-16";
  if (a === 0xfe && b === 0xff) return "UTF-16";
  // Without a BOM, text whose first character is ASCII still shows itself by its zero byte.
  if (a === 0 && b === 0 && c === 0 && d !== undefined && d !== 0) return "UTF-32BE";
  if (a === 0 && b !== undefined && b !== 0) return "UTF-16BE";
  if (a !== undefined && a !== 0 && b === 0) return c === 0 ? "UTF-32LE" : "UTF-16LE";
  return null;
}

function invalidUtf8(body: Buffer, source: string, what: string) {
  const offset = firstInvalidByte(body);
  const before = body.subarray(0, offset);
  const lineStart = before.lastIndexOf(0x0a) + 1;
  const line = before.reduce((count, byte) => (byte === 0x0a ? count + 1 : count), 1);
  const column = Array.from(before.subarray(lineStart).toString("utf8")).length + 1;
  const byte = (body[offset] ?? 0).toString(16).padStart(2, "0");
  return problem(`the ${what} is not valid UTF-8: byte 0x${byte}`, {
    place: { source, line, column },
    remedy: "save it as UTF-8; for a file in Latin-1: iconv -f LATIN1 -t UTF-8",
  });
}

/** Found by halving: the longest prefix that may go on rightly, less the sequence that it ends within. */
function firstInvalidByte(body: Buffer): number {
  let valid = 0;
  let invalid = body.length;
  while (valid < invalid) {
    const middle = (valid + invalid + 1) >> 1;
    if (decodes(body.subarray(0, middle), true)) valid = middle;
    else invalid = middle - 1;
  }
  while (!decodes(body.subarray(0, valid), false)) valid -= 1;
  return valid;
}

function decodes(bytes: Buffer, mayGoOn: boolean): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: mayGoOn });
    return true;
  } catch {
    return false;
  }
}
