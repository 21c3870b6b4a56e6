// Asks a running instance over its control socket. Imports nothing heavy: `status` and `env` wait for it.
import type { Socket } from "node:net";
import { connect } from "node:net";
import type { Problem } from "../core/errors.ts";
import { problem, UserError } from "../core/errors.ts";
import type { ExitName } from "../core/exit-codes.ts";
import { EXIT_CODES } from "../core/exit-codes.ts";
import type { Answers, Order, OrderName } from "./control-protocol.ts";
import { CONTROL_VERSION, controlPath } from "./control-protocol.ts";

export interface Asked<Name extends OrderName> {
  readonly answer: Answers[Name];
  /** When the instance closed the connection, which is the last thing it does. */
  readonly ended: Promise<void>;
  readonly close: () => void;
}

export interface AskOptions {
  /** Default: 5,000. */
  readonly timeoutMs?: number;
  /** Keep the connection for `Asked.ended`. */
  readonly stay?: boolean;
}

/** The instance's socket does not answer: it has ended, or hangs. */
export class NoAnswer extends Error {
  override readonly name = "NoAnswer";
  /** It took the order and is silent; else nobody listens there. */
  readonly hangs: boolean;

  constructor(message: string, hangs: boolean, options?: ErrorOptions) {
    super(message, options);
    this.hangs = hangs;
  }
}

/** Throws NoAnswer, or the UserError that the instance answered with. */
export async function askInstance<Name extends OrderName>(
  socketDir: string,
  order: Extract<Order, { order: Name }>,
  { timeoutMs = 5_000, stay = false }: AskOptions = {},
): Promise<Asked<Name>> {
  const socket = connect(controlPath(socketDir));
  const ended = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  try {
    const line = readLine(socket, timeoutMs);
    socket.write(`${JSON.stringify({ schemaVersion: CONTROL_VERSION, ...order })}\n`);
    const answer = parseReply(await line, order.order);
    if (!stay) socket.destroy();
    return { answer, ended, close: () => void socket.destroy() };
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

async function readLine(socket: Socket, timeoutMs: number): Promise<string> {
  socket.setEncoding("utf8");
  return new Promise((resolve, reject) => {
    let text = "";
    const late = setTimeout(
      () => reject(new NoAnswer(`no answer in ${timeoutMs} ms`, true)),
      timeoutMs,
    );
    const fail = (cause?: Error): void => {
      clearTimeout(late);
      reject(new NoAnswer(cause?.message ?? "the connection ended", false, { cause }));
    };
    socket.once("error", fail);
    socket.once("close", () => fail());
    socket.on("data", (chunk: string) => {
      text += chunk;
      const end = text.indexOf("\n");
      if (end < 0) return;
      clearTimeout(late);
      resolve(text.slice(0, end));
    });
  });
}

function parseReply<Name extends OrderName>(line: string, name: Name): Answers[Name] {
  const reply: unknown = JSON.parse(line);
  const fields = new Map<string, unknown>(isObject(reply) ? Object.entries(reply) : []);
  if (fields.get("schemaVersion") !== CONTROL_VERSION) {
    const remedy = "stop the instance with the sidelite that started it";
    const message = "another version of sidelite runs this instance";
    throw new UserError("failed", problem(message, { remedy }));
  }
  const answer = fields.get("answer");
  if (fields.get("ok") === true && isAnswer(answer, name)) return answer;
  const exit = fields.get("exit");
  const problems = fields.get("problems");
  throw new UserError(
    isExit(exit) ? exit : "failed",
    Array.isArray(problems) && problems.every(isProblem)
      ? problems
      : problem("the instance gave no answer that can be understood"),
  );
}

/** One that each answer has. */
const KEYS = {
  status: "state",
  stop: "pid",
  restart: "done",
  reload: "done",
  env: "key",
  join: "url",
} as const satisfies Record<OrderName, string>;

/** The schema's version vouches for the rest: the other end is this program. */
function isAnswer<Name extends OrderName>(value: unknown, name: Name): value is Answers[Name] {
  const key = KEYS[name];
  return isObject(value) && key in value;
}

function isProblem(value: unknown): value is Problem {
  return isObject(value) && "message" in value && typeof value.message === "string";
}

function isExit(value: unknown): value is ExitName {
  return typeof value === "string" && Object.hasOwn(EXIT_CODES, value);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
