// The answers that the gateway writes itself.
import type { IncomingMessage, ServerResponse } from "node:http";
import { dialectOf, renderError } from "./dialect.ts";
import type { Head } from "./head.ts";
import { REQUEST_ID_HEADER } from "./header-plan.ts";
import type { Refusal } from "./refusal.ts";

/** Open to everybody who reaches the port, and says nothing but that the gateway listens. */
export const HEALTH_PATH = "/_sidelite/health";

export function answerHealth(response: ServerResponse, requestId: string): void {
  response.writeHead(204, [REQUEST_ID_HEADER, requestId]);
  response.end();
}

export function answerJson(response: ServerResponse, body: string, requestId: string): void {
  const length = Buffer.byteLength(body);
  response.writeHead(200, [
    "content-type",
    "application/json",
    "content-length",
    `${length}`,
    REQUEST_ID_HEADER,
    requestId,
  ]);
  response.end(body);
}

export function answerRefusal(
  response: ServerResponse,
  head: Head,
  refusal: Refusal,
  requestId: string,
): void {
  const { status, headers, body } = renderError(refusal, dialectOf(head), requestId);
  response.writeHead(status, [...headers, REQUEST_ID_HEADER, requestId]);
  response.end(body);
}

/**
 * After an answer that did not wait for the whole body: the rest is read and thrown away for `lingerMs`.
 * Closing at once would reset the connection, and with it an answer that the client has not read yet.
 */
export function linger(request: IncomingMessage, lingerMs: number): void {
  if (request.complete) return;
  request.resume();
  const timer = setTimeout(() => request.socket.destroy(), lingerMs);
  request.once("close", () => clearTimeout(timer));
}
