// `sidelite config current-context`: the name of the context that commands use now.
import { currentContextOf, locateContextFile } from "../config/locate.ts";
import type { Context, Input } from "../core/context.ts";
import { problem, UserError } from "../core/errors.ts";
import { EXIT_CODES } from "../core/exit-codes.ts";
import { readContextFile } from "../instance/context-store.ts";
import { readFormat, renderData } from "../ui/output-format.ts";

export async function configCurrentContext({ flags }: Input, context: Context): Promise<number> {
  const format = readFormat(flags, ["json", "yaml", "name"]);
  const location = locateContextFile(flags, context.host);
  const current = location.wanted?.value ?? currentContextOf(await readContextFile(location));
  if (current === null) {
    const place = { source: location.path };
    const remedy = "set one: sidelite config use-context NAME";
    throw new UserError("failed", problem("current-context is not set", { place, remedy }));
  }
  const isData = format === "json" || format === "yaml";
  context.print(isData ? renderData({ currentContext: current }, format) : current);
  return EXIT_CODES.ok.code;
}
