// Takes HTTP/1.1 messages apart, requests or responses alike: just enough for a load generator and its upstream.

export interface Message {
  /** First line and headers, without the empty line. */
  readonly head: string;
  readonly body: Buffer;
}

/** Feed it what a connection brings; it tells every message once it is complete. */
export function createReader(onMessage: (message: Message) => void): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    for (;;) {
      const end = rest.indexOf("\r\n\r\n");
      if (end < 0) return;
      const head = rest.toString("latin1", 0, end);
      const body = readBody(head, rest.subarray(end + 4));
      if (body === null) return;
      rest = rest.subarray(end + 4 + body.length);
      onMessage({ head, body: body.content });
    }
  };
}

interface Body {
  readonly content: Buffer;
  /** Bytes on the wire. */
  readonly length: number;
}

/** null: not all there yet. */
function readBody(head: string, bytes: Buffer): Body | null {
  const length = /^content-length: *(\d+)/im.exec(head)?.[1];
  if (length !== undefined) {
    const size = Number(length);
    return bytes.length < size ? null : { content: bytes.subarray(0, size), length: size };
  }
  if (/^transfer-encoding: *chunked/im.test(head)) return readChunks(bytes);
  return { content: bytes.subarray(0, 0), length: 0 };
}

function readChunks(bytes: Buffer): Body | null {
  const parts: Buffer[] = [];
  let at = 0;
  for (;;) {
    const lineEnd = bytes.indexOf("\r\n", at);
    if (lineEnd < 0) return null;
    const size = Number.parseInt(bytes.toString("latin1", at, lineEnd), 16);
    const next = lineEnd + 2 + size + 2;
    if (bytes.length < next) return null;
    if (size === 0) return { content: Buffer.concat(parts), length: next };
    parts.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = next;
  }
}
