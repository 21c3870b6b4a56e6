// Reads a response head: status, headers as they came, and where the body ends (RFC 9112 6.3).
import type { ResponseHead } from "../core/upstream.ts";

export interface Framing {
  readonly head: ResponseHead;
  readonly body: "sized" | "size-line" | "until-close";
  /** Bytes of a sized body; 0: none. */
  readonly length: number;
  /** The upstream keeps the connection open afterwards. */
  readonly reusable: boolean;
}

const STATUS_LINE = /^HTTP\/1\.([01]) ([1-5]\d\d)(?: |$)/;

/** null: not a response head, or one whose body's end is ambiguous. */
export function readFraming(text: string, isHead: boolean): Framing | null {
  const lines = text.split("\r\n");
  const first = STATUS_LINE.exec(lines[0] ?? "");
  if (first === null) return null;
  const status = Number(first[2]);
  let persistent = first[1] === "1";
  const headers: string[] = [];
  let length: number | null = null;
  let coding: string | null = null;
  for (let index = 1; index < lines.length; index++) {
    const line = lines[index] ?? "";
    const colon = line.indexOf(":");
    // A folded line, or a space that another reader would take for part of the name.
    if (colon < 1 || line.charCodeAt(0) <= 0x20 || line.charCodeAt(colon - 1) <= 0x20) return null;
    const name = line.slice(0, colon);
    const value = line.slice(colon + 1).trim();
    headers.push(name, value);
    // Only these three lengths can decide about framing.
    if (name.length === 14 && name.toLowerCase() === "content-length") {
      if (length !== null || !/^\d{1,15}$/.test(value)) return null;
      length = Number(value);
    } else if (name.length === 17 && name.toLowerCase() === "transfer-encoding") {
      if (coding !== null) return null;
      coding = value.toLowerCase();
    } else if (name.length === 10 && name.toLowerCase() === "connection") {
      if (/\bclose\b/i.test(value)) persistent = false;
    }
  }
  const head = { status, headers };
  if (isHead || status < 200 || status === 204 || status === 304) {
    return { head, body: "sized", length: 0, reusable: persistent && status !== 101 };
  }
  if (coding !== null) {
    if (coding !== "chunked" || length !== null) return null;
    return { head, body: "size-line", length: 0, reusable: persistent };
  }
  if (length !== null) return { head, body: "sized", length, reusable: persistent };
  return { head, body: "until-close", length: 0, reusable: false };
}
