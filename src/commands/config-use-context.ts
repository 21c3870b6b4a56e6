// `sidelite config use-context NAME`: makes it the current context of the file.
import { useContext } from "../config/context-edits.ts";
import { locateContextFile } from "../config/locate.ts";
import type { Context, Input } from "../core/context.ts";
import { EXIT_CODES } from "../core/exit-codes.ts";
import { renderPlace } from "../core/place.ts";
import { changeContextFile } from "../instance/context-store.ts";

export async function configUseContext({ flags, args }: Input, context: Context): Promise<number> {
  const [name = ""] = args;
  const location = locateContextFile(flags, context.host);
  await changeContextFile(location, (file) => useContext(file, name), context.signals.abort);
  context.report.info(`switched to context "${name}"`);
  const { wanted } = location;
  if (wanted && wanted.value !== name) {
    context.report.problem({
      severity: "notice",
      message: `it names the context ${wanted.value}, which goes before the file's`,
      place: wanted.place,
      remedy: `unset ${renderPlace(wanted.place)}`,
    });
  }
  return EXIT_CODES.ok.code;
}
