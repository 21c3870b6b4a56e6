// What becomes of a request with an Upgrade header: WebSocket goes on, any other offer is declined.
import type { IncomingMessage, Server } from "node:http";
import { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { headerKind } from "./header-kinds.ts";

export function isWebSocket(request: IncomingMessage): boolean {
  return request.headers.upgrade?.toLowerCase() === "websocket";
}

/**
 * Serves the request as if the offer were not there (RFC 9110 7.8 lets a server ignore it): Java's client
 * offers h2c with every first request. Node has dropped its parser by now, so the head is read once more.
 */
export function declineUpgrade(
  server: Server,
  request: IncomingMessage,
  socket: Socket,
  early: Buffer,
): void {
  let head = `${request.method} ${request.url} HTTP/${request.httpVersion}\r\n`;
  const { rawHeaders } = request;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? "";
    const kind = headerKind(name);
    const isOffer = kind === "upgrade" || kind === "connection" || /^http2-settings$/i.test(name);
    if (!isOffer) head += `${name}: ${rawHeaders[index + 1]}\r\n`;
  }
  socket.unshift(Buffer.concat([Buffer.from(`${head}\r\n`, "latin1"), early]));
  server.emit("connection", socket);
}

/** Node makes no response object for an upgrade; this one is for an upstream or a guard that says no. */
export function responseFor(request: IncomingMessage, socket: Socket): ServerResponse {
  // Node's own listener is gone: without one a reset would end sidelite.
  socket.on("error", () => socket.destroy());
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  response.once("finish", () => {
    response.detachSocket(socket);
    socket.destroySoon();
  });
  return response;
}
