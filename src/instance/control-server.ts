// The instance's end of the control socket: reads one order per line, gives it to its handler, writes the reply.
import { chmod, rm } from "node:fs/promises";
import type { Socket } from "node:net";
import { createServer } from "node:net";
import { once } from "node:events";
import { problem, UserError } from "../core/errors.ts";
import type { Answers, JoinOrder, Order, OrderName, Reply } from "./control-protocol.ts";
import { parseOrder } from "./parse-order.ts";
import { CONTROL_VERSION, controlPath } from "./control-protocol.ts";

type Given<Name extends OrderName> = Extract<Order, { order: Name }>;

export type ControlHandlers = {
  readonly [Name in Exclude<OrderName, "join">]: (
    order: Given<Name>,
  ) => Answers[Name] | Promise<Answers[Name]>;
} & { readonly join: (order: JoinOrder, connection: ControlConnection) => Answers["join"] };

export interface ControlConnection {
  /** Whoever asked is gone, or has all it wanted. */
  readonly closed: Promise<void>;
  close(): void;
}

export interface ControlServer {
  /** Ends every connection: whoever waits for the instance's end learns it so. */
  close(): Promise<void>;
}

/** An order is one short line. */
const LONGEST_BYTES = 64 * 1024;

/** `socketDir` is private (0700) and its paths are short enough. */
export async function startControl(
  socketDir: string,
  handlers: ControlHandlers,
): Promise<ControlServer> {
  const path = controlPath(socketDir);
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.once("close", () => open.delete(socket));
    socket.on("error", () => socket.destroy());
    readOrders(socket, handlers);
  });
  // Left by a run that was killed; the instance's lock says that nobody serves it.
  await rm(path, { force: true });
  server.listen(path);
  await once(server, "listening");
  await chmod(path, 0o600);
  return {
    close: async () => {
      const closed = once(server, "close");
      server.close();
      for (const socket of open) socket.end();
      const late = setTimeout(() => {
        for (const socket of open) socket.destroy();
      }, 200);
      await closed;
      clearTimeout(late);
    },
  };
}

function readOrders(socket: Socket, handlers: ControlHandlers): void {
  let text = "";
  socket.setEncoding("utf8");
  socket.on("data", (chunk: string) => {
    text += chunk;
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n")) {
      const line = text.slice(0, end);
      text = text.slice(end + 1);
      void reply(socket, line, handlers);
    }
    if (text.length > LONGEST_BYTES) socket.destroy();
  });
}

async function reply(socket: Socket, line: string, handlers: ControlHandlers): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    if (socket.destroyed) resolve();
    else socket.once("close", () => resolve());
  });
  const connection = { closed, close: () => socket.destroySoon() };
  const given = await answer(line, handlers, connection);
  if (socket.writable) socket.write(`${JSON.stringify(given)}\n`);
}

async function answer(
  line: string,
  handlers: ControlHandlers,
  connection: ControlConnection,
): Promise<Reply> {
  try {
    const given = await carryOut(parseOrder(line), handlers, connection);
    return { schemaVersion: CONTROL_VERSION, ok: true, answer: given };
  } catch (error) {
    const known =
      error instanceof UserError
        ? error
        : new UserError("bug", problem(`the order failed: ${String(error)}`));
    const { exit, problems } = known;
    return { schemaVersion: CONTROL_VERSION, ok: false, exit, problems };
  }
}

async function carryOut(
  order: Order,
  handlers: ControlHandlers,
  connection: ControlConnection,
): Promise<Answers[OrderName]> {
  if (order.order === "status") return handlers.status(order);
  if (order.order === "stop") return handlers.stop(order);
  if (order.order === "restart") return handlers.restart(order);
  if (order.order === "reload") return handlers.reload(order);
  return order.order === "env" ? handlers.env(order) : handlers.join(order, connection);
}
