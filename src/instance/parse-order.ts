// What another process says over the control socket, understood or refused.
import { problem, UserError } from "../core/errors.ts";
import type { JoinOrder, Order } from "./control-protocol.ts";
import { CONTROL_VERSION } from "./control-protocol.ts";

type Fields = ReadonlyMap<string, unknown>;

/** Throws UserError("usage") for what this version does not understand. */
export function parseOrder(line: string): Order {
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
  const fields: Fields = new Map<string, unknown>(Object.entries(value));
  if (fields.get("schemaVersion") !== CONTROL_VERSION) throw refused;
  const order = readOrder(fields);
  if (order === null) throw refused;
  return order;
}

function readOrder(fields: Fields): Order | null {
  const part = fields.get("part");
  switch (fields.get("order")) {
    case "status":
      return { order: "status", environment: fields.get("environment") === true };
    case "stop":
      return { order: "stop", force: fields.get("force") === true };
    case "restart":
      return part === "worker" || part === "proxy" ? { order: "restart", part } : null;
    case "reload":
      return { order: "reload" };
    case "env":
      return { order: "env" };
    case "join":
      return readJoin(fields);
    default:
      return null;
  }
}

function readJoin(fields: Fields): JoinOrder | null {
  const { fingerprint, key, port, pid, program } = Object.fromEntries(fields);
  if (typeof fingerprint !== "string" || typeof program !== "string") return null;
  // The gateway takes it for a key from now on: never a short one.
  if (typeof key !== "string" || key.length < SHORTEST_KEY) return null;
  if (typeof pid !== "number" || (typeof port !== "number" && port !== null)) return null;
  return { order: "join", fingerprint, key, port, pid, program };
}

const SHORTEST_KEY = 32;
