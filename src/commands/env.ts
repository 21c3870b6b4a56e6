// `sidelite env`: the variables that point a shell's programs at a running instance.
import type { Context, Input } from "../core/context.ts";
import { problem, UserError } from "../core/errors.ts";
import { EXIT_CODES } from "../core/exit-codes.ts";
import { chooseInstance } from "../instance/choose-instance.ts";
import { askInstance, NoAnswer } from "../instance/control-client.ts";
import { buildExports, buildUnset } from "../instance/exports.ts";
import { parseClients } from "../instance/parse-clients.ts";
import type { ShellName } from "../instance/shells.ts";
import { detectShell, renderVariables, SHELL_NAMES } from "../instance/shells.ts";
import { CLIENT_NAMES, DEFAULT_CLIENTS } from "../litellm/clients.ts";

export async function env({ flags, args }: Input, context: Context): Promise<number> {
  const { host } = context;
  const shell = readShell(flags["shell"], host.env["SHELL"]);
  const clients = parseClients(flags["client"], CLIENT_NAMES);
  if (flags["unset"] === true) {
    context.print(renderVariables(shell, buildUnset(clients ?? DEFAULT_CLIENTS)));
    return EXIT_CODES.ok.code;
  }
  const found = await chooseInstance({ flags, args, group: null }, host);
  if (!found || found.socketDir === null) {
    const remedy = "start one: sidelite proxy start --daemon";
    const message = found === null ? "nothing is running" : `${found.name} is not running`;
    throw new UserError("failed", problem(message, { remedy }));
  }
  const given = await ask(found.name, found.socketDir);
  const variables = buildExports({ ...given, clients: clients ?? DEFAULT_CLIENTS, env: host.env });
  context.print(renderVariables(shell, variables));
  return EXIT_CODES.ok.code;
}

async function ask(
  name: string,
  socketDir: string,
): Promise<{ url: string; key: string; model: string | null }> {
  try {
    return (await askInstance(socketDir, { order: "env" })).answer;
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    const message = `${name} does not answer: ${error.message}`;
    throw new UserError("failed", problem(message), { cause: error });
  }
}

function readShell(written: Input["flags"][string], own: string | undefined): ShellName {
  if (written === undefined) return detectShell(own);
  const found = SHELL_NAMES.find((name) => name === written);
  if (found) return found;
  throw new UserError(
    "usage",
    problem(`${JSON.stringify(written)} is no shell that sidelite knows`, {
      place: { source: "--shell" },
      remedy: `use ${SHELL_NAMES.join(", ")}`,
    }),
  );
}
