// Where the top-level `model` stands in a JSON body that the gateway has scanned already, and so knows to be sound.
import type { RequestBody } from "../../core/upstream.ts";
import type { ModelSpan } from "./model-splice.ts";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const OPENING = new Set([0x7b, 0x5b]);
const CLOSING = new Set([0x7d, 0x5d]);

/** null: not in these bytes, which may be the beginning of a longer body. */
export function findModelSpan(json: Buffer): ModelSpan | null {
  let depth = 0;
  for (let at = 0; at < json.length; at += 1) {
    const byte = json[at] ?? 0;
    if (OPENING.has(byte)) depth += 1;
    else if (CLOSING.has(byte)) depth -= 1;
    else if (byte === QUOTE) {
      const end = endOfString(json, at);
      if (end === -1) return null;
      const colon = skipSpace(json, end);
      if (depth === 1 && json[colon] === COLON && isModel(json, at, end)) {
        const start = skipSpace(json, colon + 1);
        const stop = json[start] === QUOTE ? endOfString(json, start) : -1;
        return stop === -1 ? null : { start, end: stop };
      }
      at = end - 1;
    }
  }
  return null;
}

/**
 * The same for a stream: reads what is there without waiting, which is as far as the gateway looked for the model,
 * and puts it back.
 */
export function peekModelSpan(
  body: RequestBody,
  find: (bytes: Buffer) => ModelSpan | null = findModelSpan,
): ModelSpan | null {
  if (body === null || Buffer.isBuffer(body)) return body && find(body);
  const chunks: Buffer[] = [];
  let [size, next] = [0, 0];
  let span: ModelSpan | null = null;
  while (span === null) {
    const chunk: unknown = body.read();
    if (!Buffer.isBuffer(chunk)) break;
    chunks.push(chunk);
    size += chunk.length;
    // Twice as much each time, so that a late model costs no more than two scans.
    if (size < next) continue;
    span = find(Buffer.concat(chunks));
    next = size * 2;
  }
  const read = Buffer.concat(chunks);
  if (read.length > 0) body.unshift(read);
  return span ?? find(read);
}

/** Offset behind the closing quote; -1: it is not here. */
function endOfString(json: Buffer, from: number): number {
  for (let at = from + 1; at < json.length; at += 1) {
    if (json[at] === BACKSLASH) at += 1;
    else if (json[at] === QUOTE) return at + 1;
  }
  return -1;
}

function skipSpace(json: Buffer, from: number): number {
  let at = from;
  while (json[at] === 0x20 || json[at] === 0x0a || json[at] === 0x0d || json[at] === 0x09) at += 1;
  return at;
}

function isModel(json: Buffer, start: number, end: number): boolean {
  const text = json.toString("utf8", start, Math.min(end, start + 64));
  if (text === '"model"') return true;
  if (!text.includes("\\") || end - start > 64) return false;
  const key: unknown = JSON.parse(text);
  return key === "model";
}
