// `sidelite provider refresh NAME`: asks for the models now and says what was added, removed and kept.
import type { Context, Input } from "../core/context.ts";
import { problem, UserError } from "../core/errors.ts";
import { EXIT_CODES } from "../core/exit-codes.ts";
import { refreshModels } from "../instance/ask-provider.ts";
import { findProvider } from "../instance/direct-paths.ts";
import { openDirect } from "../instance/direct-source.ts";
import { reloadUsers } from "../instance/edit-direct.ts";
import { readFormat, renderData } from "../ui/output-format.ts";

export async function providerRefresh({ flags, args }: Input, context: Context): Promise<number> {
  const format = readFormat(flags, ["json", "yaml"]);
  const [name = ""] = args;
  const opened = await openDirect(flags, context, "ask");
  const provider = findProvider(opened, name);
  const change = await refreshModels(opened, provider, flags["allowEmpty"] === true, context);
  if (change === null) {
    const message = `${name} lists no model now; the last list is kept`;
    throw new UserError("failed", problem(message, { remedy: "--allow-empty takes it" }));
  }
  const { added, removed, kept } = change;
  if (format !== "text") {
    context.print(renderData({ provider: name, added, removed, kept }, format));
  } else {
    for (const [sign, models] of [
      ["+", added],
      ["-", removed],
      ["=", kept],
    ] as const)
      for (const model of models) context.print(`${sign} ${model}`);
    context.report.info(`${added.length} added, ${removed.length} removed, ${kept.length} kept`);
  }
  if (opened.source.kind === "file") await reloadUsers(opened.source.path, context);
  return EXIT_CODES.ok.code;
}
