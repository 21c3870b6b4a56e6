// Puts another model into a request body: only the bytes of the value change.
import { Transform } from "node:stream";
import type { Readable } from "node:stream";
import type { RequestBody } from "../../core/upstream.ts";

/** Byte offsets in the body; the quotes of a JSON string are inside. */
export interface ModelSpan {
  readonly start: number;
  readonly end: number;
}

export interface Spliced {
  readonly body: RequestBody;
  /** Bytes that the body became longer (or shorter) by. */
  readonly change: number;
}

/** What replaces the span of a JSON value. */
export function jsonModel(model: string): Buffer {
  return Buffer.from(JSON.stringify(model));
}

/** What replaces the span of a form field. */
export function formModel(model: string): Buffer {
  return Buffer.from(model);
}

export function spliceModel(body: RequestBody, span: ModelSpan, replacement: Buffer): Spliced {
  const change = replacement.length - (span.end - span.start);
  if (body === null) return { body, change: 0 };
  if (Buffer.isBuffer(body)) {
    const parts = [body.subarray(0, span.start), replacement, body.subarray(span.end)];
    return { body: Buffer.concat(parts), change };
  }
  return { body: spliceStream(body, span, replacement), change };
}

function spliceStream(body: Readable, span: ModelSpan, replacement: Buffer): Readable {
  let offset = 0;
  const splice = new Transform({
    transform(chunk: Buffer, _, callback) {
      const [from, to] = [offset, offset + chunk.length];
      offset = to;
      if (to <= span.start || from >= span.end) {
        callback(null, chunk);
        return;
      }
      if (from < span.start) this.push(chunk.subarray(0, span.start - from));
      if (from <= span.start) this.push(replacement);
      const rest = chunk.subarray(Math.min(chunk.length, span.end - from));
      callback(null, rest.length > 0 ? rest : undefined);
    },
  });
  // `pipeline` would destroy the client's stream when the upstream ends early; its owner does that.
  body.on("error", (error) => splice.destroy(error));
  body.pipe(splice);
  return splice;
}
