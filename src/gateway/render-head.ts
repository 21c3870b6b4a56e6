// Writes a request head as it goes onto an upstream connection.
import type { RequestBody, RequestHead } from "../core/upstream.ts";

/** `head.headers` holds neither hop-by-hop headers nor content-length; framing is decided here. */
export function renderHead(head: RequestHead, body: RequestBody): string {
  let text = `${head.method} ${head.path} HTTP/1.1\r\n`;
  const { headers } = head;
  for (let index = 0; index < headers.length; index += 2) {
    text += `${headers[index]}: ${headers[index + 1]}\r\n`;
  }
  return text + framing(head, body);
}

function framing(head: RequestHead, body: RequestBody): string {
  if (body === null) return "\r\n";
  const length = Buffer.isBuffer(body) ? body.length : head.bodyLength;
  return length === null
    ? "transfer-encoding: chunked\r\n\r\n"
    : `content-length: ${length}\r\n\r\n`;
}
