// `sidelite config delete-credentials NAME`
import { contextsOf, deleteCredentials } from "../config/context-edits.ts";
import { locateContextFile } from "../config/locate.ts";
import type { Context, Input } from "../core/context.ts";
import { EXIT_CODES } from "../core/exit-codes.ts";
import { changeContextFile } from "../instance/context-store.ts";

export async function configDeleteCredentials(
  { flags, args }: Input,
  context: Context,
): Promise<number> {
  const [name = ""] = args;
  const location = locateContextFile(flags, context.host);
  let users: readonly string[] = [];
  await changeContextFile(
    location,
    (file) => {
      users = contextsOf(file, name);
      return deleteCredentials(file, name);
    },
    context.signals.abort,
  );
  context.report.info(`deleted user "${name}" from ${location.path}`);
  if (users.length > 0) {
    const message = `still named by the context ${users.join(" and ")}, which has no key now`;
    context.report.problem({ severity: "warning", message });
  }
  return EXIT_CODES.ok.code;
}
