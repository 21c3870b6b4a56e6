// The gateway's HTTP listener: bound for life on 127.0.0.1, its snapshot swapped under it.
import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:http";
import { once } from "node:events";
import type { Server } from "node:http";
import type { Socket } from "node:net";
import { problem, UserError } from "../core/errors.ts";
import { hasBody } from "./body.ts";
import { Connections } from "./connections.ts";
import { ownHosts } from "./guard.ts";
import { readHead } from "./head.ts";
import type { Limits } from "./limits.ts";
import { LIMITS } from "./limits.ts";
import { MemoryBudget } from "./memory-budget.ts";
import { RequestRun } from "./request-run.ts";
import type { Shared } from "./shared.ts";
import type { Snapshot } from "./snapshot.ts";
import { declineUpgrade, isWebSocket, responseFor } from "./upgrade.ts";

export interface GatewayOptions {
  /** 0: any free one. */
  readonly port: number;
  /** Any other one will do, should somebody have taken it meanwhile. Default: no. */
  readonly movable?: boolean;
  readonly snapshot: Snapshot;
  /** Gets access and event lines, without a final newline; never content or a key. */
  log(line: string): void;
  readonly limits?: Partial<Limits>;
}

export interface Gateway {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  readonly port: number;
  /** Running requests keep the snapshot they began with. */
  swap(snapshot: Snapshot): void;
  /** No new connection; running requests go on, held ones are refused. */
  stopAccepting(): void;
  /** Waits for running requests until `deadline`, then cuts them. */
  close(deadline: AbortSignal): Promise<void>;
}

/** There is no option for another address: keys and prompts stay on this machine. */
const ADDRESS = "127.0.0.1";

/** Rejects with UserError when the port cannot be had; `cause` is Node's error. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const limits: Limits = { ...LIMITS, ...options.limits };
  const server = createServer({
    maxHeaderSize: limits.headerBytes,
    headersTimeout: limits.headersMs,
    // A held request's body is unread for minutes; `bodyIdleMs` guards it once it is being read.
    requestTimeout: 0,
    // An idle machine feels each time that a process wakes.
    connectionsCheckingInterval: Math.max(100, limits.headersMs / 2),
    keepAliveTimeout: limits.keepAliveMs,
    noDelay: true,
    // The guard answers for Host itself.
    requireHostHeader: false,
    insecureHTTPParser: false,
  });
  server.maxConnections = limits.connections;
  // Node hides what comes after the 1,000th header from us, and still frames the body by it; `headerBytes` is limit enough.
  server.maxHeadersCount = 0;
  const port = await listen(server, options);
  const connections = new Connections();
  const shared: Shared = {
    hosts: ownHosts(port),
    limits,
    budget: new MemoryBudget(limits.bufferedBytes),
    log: (line) => options.log(line),
  };
  let { snapshot } = options;
  let closed: Promise<unknown> | null = null;
  let count = 0;
  // Unlike any other instance's, so that a line in a provider's log names one request.
  const prefix = `${randomBytes(4).toString("hex")}-`;

  async function serve(
    request: IncomingMessage,
    response: ServerResponse,
    asksToContinue: boolean,
    upgrade: { readonly early: Buffer } | null,
  ): Promise<void> {
    const { method = "", url = "", rawHeaders, socket } = request;
    const id = prefix + (count++).toString(36);
    const head = readHead(method, url, rawHeaders);
    response.on("error", ignore);
    if (closed !== null) response.shouldKeepAlive = false;
    const expectsContinue = asksToContinue && hasBody(head);
    const incoming = { id, head, request, response, expectsContinue, upgrade };
    const run = new RequestRun(shared, snapshot, incoming);
    connections.begin(socket, run);
    await run.run();
    connections.end(socket, run);
    if (closed !== null) connections.closeIdle();
  }

  server
    .on("connection", (socket) => connections.open(socket))
    .on("request", (request, response) => void serve(request, response, false, null))
    .on("checkContinue", (request, response) => void serve(request, response, true, null))
    .on("upgrade", (request: IncomingMessage, socket: Socket, early: Buffer) => {
      if (isWebSocket(request)) void serve(request, responseFor(request, socket), false, { early });
      else declineUpgrade(server, request, socket, early);
    });

  function stopAccepting(): Promise<unknown> {
    if (closed === null) {
      closed = once(server, "close");
      server.close();
      connections.stopHolding();
      connections.closeIdle();
    }
    return closed;
  }

  const destroyAll = (): void => connections.destroyAll();

  return {
    url: `http://${ADDRESS}:${port}`,
    port,
    swap(next) {
      snapshot = next;
    },
    stopAccepting: () => void stopAccepting(),
    async close(deadline) {
      const ended = stopAccepting();
      if (deadline.aborted) destroyAll();
      deadline.addEventListener("abort", destroyAll, { once: true });
      await ended;
      deadline.removeEventListener("abort", destroyAll);
    },
  };
}

async function listen(
  server: Server,
  { port, movable = false }: Pick<GatewayOptions, "port" | "movable">,
): Promise<number> {
  try {
    server.listen({ host: ADDRESS, port, exclusive: true });
    await once(server, "listening");
  } catch (cause) {
    if (movable && port !== 0) return listen(server, { port: 0 });
    const remedy = "name another one with --proxy-port, or none for any free one";
    const message = `port ${port} on ${ADDRESS} cannot be used`;
    throw new UserError("machine", problem(message, { remedy }), { cause });
  }
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : port;
}

/** A write to a client that has just left; `Connections` tells of its leaving. */
function ignore(): void {}
