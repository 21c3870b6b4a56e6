// `sidelite worker|proxy restart` and `reload`: asks a running instance, and waits until it is done.
import type { Context, Input } from "../core/context.ts";
import { problem, UserError } from "../core/errors.ts";
import { EXIT_CODES } from "../core/exit-codes.ts";
import type { Group } from "../instance/choose-instance.ts";
import { chooseInstance } from "../instance/choose-instance.ts";
import { askInstance, NoAnswer } from "../instance/control-client.ts";

/** A drain and LiteLLM's boot on a slow machine. */
const LIMIT_MS = 10 * 60_000;

export async function instanceOrder(
  group: Group,
  action: "restart" | "reload",
  { flags, args }: Input,
  context: Context,
): Promise<number> {
  const { host } = context;
  const found = await chooseInstance({ flags, args, group: null }, host);
  const socketDir = found?.socketDir ?? null;
  if (found === null || socketDir === null) {
    const remedy = `start it: sidelite ${group} start`;
    throw new UserError(
      "failed",
      problem(found === null ? `no ${group} is running` : `${found.name} is not running`, {
        remedy,
      }),
    );
  }
  const order = action === "reload" ? ({ order: "reload" } as const) : null;
  const options = { timeoutMs: LIMIT_MS };
  try {
    const { answer } =
      order === null
        ? await askInstance(socketDir, { order: "restart", part: group }, options)
        : await askInstance(socketDir, order, options);
    context.print(`${found.name}: ${answer.done}`);
    return EXIT_CODES.ok.code;
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    const message = `${found.name} does not answer: ${error.message}`;
    throw new UserError("failed", problem(message), { cause: error });
  }
}
