// `sidelite config delete-context NAME`
import { deleteContext } from "../config/context-edits.ts";
import { currentContextOf, locateContextFile } from "../config/locate.ts";
import type { Context, Input } from "../core/context.ts";
import { EXIT_CODES } from "../core/exit-codes.ts";
import { changeContextFile } from "../instance/context-store.ts";

export async function configDeleteContext(
  { flags, args }: Input,
  context: Context,
): Promise<number> {
  const [name = ""] = args;
  const location = locateContextFile(flags, context.host);
  let wasCurrent = false;
  await changeContextFile(
    location,
    (file) => {
      wasCurrent = currentContextOf(file) === name;
      return deleteContext(file, name);
    },
    context.signals.abort,
  );
  context.report.info(`deleted context "${name}" from ${location.path}`);
  if (wasCurrent) {
    const message = "it was the current context: none is selected now";
    const remedy = "sidelite config use-context NAME";
    context.report.problem({ severity: "warning", message, remedy });
  }
  return EXIT_CODES.ok.code;
}
