// The gateway of a running instance, for commands that send it a request.
import type { Input } from "../core/context.ts";
import { problem, UserError } from "../core/errors.ts";
import type { Host } from "../core/host.ts";
import { chooseInstance } from "./choose-instance.ts";
import { askInstance, NoAnswer } from "./control-client.ts";

export interface Reached {
  readonly name: string;
  readonly url: string;
  readonly key: string;
}

/** Flags that choose a configuration: then no running instance is meant. */
const OF_A_CONFIG = ["proxyConfigFile", "proxyConfigJson", "context", "config"];

/** null: nothing runs, or a configuration is named instead. Throws UserError. */
export async function reachInstance(flags: Input["flags"], host: Host): Promise<Reached | null> {
  const isNamed = flags["name"] !== undefined || flags["queueId"] !== undefined;
  if (OF_A_CONFIG.some((name) => flags[name] !== undefined)) {
    if (!isNamed) return null;
    const message = "an instance and a configuration are named";
    throw new UserError("usage", problem(message, { remedy: "name one of the two" }));
  }
  const found = await chooseInstance({ flags, args: [], group: null }, host);
  if (found === null) return null;
  const { name, socketDir } = found;
  if (socketDir === null) throw new UserError("failed", problem(`${name} is not running`));
  try {
    const { url, key } = (await askInstance(socketDir, { order: "env" })).answer;
    return { name, url, key };
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    const message = `${name} does not answer: ${error.message}`;
    throw new UserError("failed", problem(message), { cause: error });
  }
}
