// Carries HTTP between a unix socket and a gateway: for programs that reach a file and no network.
import { once } from "node:events";
import { chmod, lstat, rm } from "node:fs/promises";
import type { IncomingMessage, RequestOptions, Server, ServerResponse } from "node:http";
import { createServer, request as httpRequest } from "node:http";
import { connect } from "node:net";
import { pipeline } from "node:stream/promises";
import { problem, UserError } from "../core/errors.ts";
import { errorCode } from "../platform/file-errors.ts";

export type BridgeEnd =
  | { readonly kind: "socket"; readonly path: string }
  | { readonly kind: "tcp"; readonly port: number };

/** Listens until `close`. A socket gets mode 0600; the other end gets each request under its own address. */
export async function startBridge(from: BridgeEnd, to: BridgeEnd): Promise<() => Promise<void>> {
  const server = createServer({ requestTimeout: 0 }, (request, response) => {
    void carry(request, response, to);
  });
  if (from.kind === "socket") await clearSocket(from.path);
  // The mode must hold from the first moment: nobody else may connect in between.
  const mask = process.umask(0o177);
  try {
    if (from.kind === "socket") server.listen(from.path);
    else server.listen(from.port, "127.0.0.1");
    await once(server, "listening");
  } catch (error) {
    throw cannotListen(from, error);
  } finally {
    process.umask(mask);
  }
  if (from.kind === "socket") await chmod(from.path, 0o600);
  return () => close(server);
}

async function carry(
  request: IncomingMessage,
  response: ServerResponse,
  to: BridgeEnd,
): Promise<void> {
  const { method, url, rawHeaders } = request;
  const target: RequestOptions =
    to.kind === "socket" ? { socketPath: to.path } : { host: "127.0.0.1", port: to.port };
  const host = to.kind === "socket" ? "localhost" : `127.0.0.1:${to.port}`;
  const headers = rawHeaders.map((text, index) =>
    index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === "host" ? host : text,
  );
  const outgoing = httpRequest({ ...target, method, path: url, headers, agent: false });
  response.once("close", () => outgoing.destroy());
  outgoing.once("response", (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
    response.flushHeaders();
    // A cut answer must look cut.
    pipeline(answer, response).catch(() => response.destroy());
  });
  outgoing.once("error", () => {
    if (response.headersSent) response.destroy();
    else response.writeHead(502, { "content-type": "text/plain" }).end("the gateway is gone\n");
  });
  await pipeline(request, outgoing).catch(() => outgoing.destroy());
}

/** What a killed bridge left is removed; anything else that stands there is not ours. */
async function clearSocket(path: string): Promise<void> {
  const found = await lstat(path).catch(() => null);
  if (found === null) return;
  const isDead = found.isSocket() && !(await answers(path));
  if (isDead) await rm(path);
  else throw cannotListen({ kind: "socket", path }, new Error("something is there already"));
}

async function answers(path: string): Promise<boolean> {
  const socket = connect(path);
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

function cannotListen(end: BridgeEnd, error: unknown): UserError {
  const source = end.kind === "socket" ? end.path : `port ${end.port}`;
  const reason = errorCode(error) ?? (error instanceof Error ? error.message : String(error));
  const remedy = "choose another one";
  const found = problem(`cannot listen there: ${reason}`, { place: { source }, remedy });
  return new UserError("machine", found, { cause: error });
}

async function close(server: Server): Promise<void> {
  const closed = once(server, "close");
  server.close();
  server.closeAllConnections();
  await closed;
}
