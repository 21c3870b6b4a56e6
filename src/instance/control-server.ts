// The instance's end of the control socket: reads one order per line, gives it to its handler, writes the reply.
import { chmod, rm } from "node:fs/promises";
import type { Socket } from "node:net";
import { createServer } from "node:net";
import { once } from "node:events";
import { problem, UserError } from "../core/errors.ts";
import type { Answers, Order, OrderName, Reply } from "./control-protocol.ts";
import { CONTROL_VERSION, controlPath } from "./control-protocol.ts";

export type ControlHandlers = {
  readonly [Name in OrderName]: (
    order: Extract<Order, { order: Name }>,
  ) => Answers[Name] | Promise<Answers[Name]>;
};

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
  const given = await answer(line, handlers);
  if (socket.writable) socket.write(`${JSON.stringify(given)}\n`);
}

async function answer(line: string, handlers: ControlHandlers): Promise<Reply> {
  try {
    const order = parseOrder(line);
    return { schemaVersion: CONTROL_VERSION, ok: true, answer: await carryOut(order, handlers) };
  } catch (error) {
    const known =
      error instanceof UserError
        ? error
        : new UserError("bug", problem(`the order failed: ${String(error)}`));
    const { exit, problems } = known;
    return { schemaVersion: CONTROL_VERSION, ok: false, exit, problems };
  }
}

async function carryOut(order: Order, handlers: ControlHandlers): Promise<Answers[OrderName]> {
  if (order.order === "status") return handlers.status(order);
  if (order.order === "stop") return handlers.stop(order);
  if (order.order === "restart") return handlers.restart(order);
  return order.order === "reload" ? handlers.reload(order) : handlers.env(order);
}

/** Throws UserError("usage") for what this version does not understand. */
function parseOrder(line: string): Order {
  const remedy = "use the sidelite that started the instance, or restart it with this one";
  const refused = new UserError(
    "usage",
    problem("the instance does not know this order", { remedy }),
  );
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw new UserError("usage", refused.problems, { cause: error });
  }
  if (typeof value !== "object" || value === null) throw refused;
  const fields = new Map<string, unknown>(Object.entries(value));
  if (fields.get("schemaVersion") !== CONTROL_VERSION) throw refused;
  const part = fields.get("part");
  switch (fields.get("order")) {
    case "status":
      return { order: "status", environment: fields.get("environment") === true };
    case "stop":
      return { order: "stop", force: fields.get("force") === true };
    case "restart":
      if (part !== "worker" && part !== "proxy") throw refused;
      return { order: "restart", part };
    case "reload":
      return { order: "reload" };
    case "env":
      return { order: "env" };
    default:
      throw refused;
  }
}
