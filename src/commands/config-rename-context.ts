// `sidelite config rename-context OLD NEW`
import { renameContext } from "../config/context-edits.ts";
import { locateContextFile } from "../config/locate.ts";
import { parseName } from "../config/parse-scalar.ts";
import { Invalid } from "../config/spelling.ts";
import type { Context, Input } from "../core/context.ts";
import { problem, UserError } from "../core/errors.ts";
import { EXIT_CODES } from "../core/exit-codes.ts";
import { changeContextFile } from "../instance/context-store.ts";

export async function configRenameContext(
  { flags, args }: Input,
  context: Context,
): Promise<number> {
  const [from = "", given = ""] = args;
  const to = parseName(given);
  if (to instanceof Invalid || to === "") {
    const message = to instanceof Invalid ? to.message : "the new name is empty";
    throw new UserError("usage", problem(message, { remedy: "give another name" }));
  }
  const location = locateContextFile(flags, context.host);
  await changeContextFile(location, (file) => renameContext(file, from, to), context.signals.abort);
  context.report.info(`context "${from}" renamed to "${to}"`);
  return EXIT_CODES.ok.code;
}
