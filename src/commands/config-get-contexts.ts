// `sidelite config get-contexts`: the contexts of the context file, the current one marked.
import { listContexts } from "../config/list-contexts.ts";
import { currentContextOf, locateContextFile } from "../config/locate.ts";
import type { Context, Input } from "../core/context.ts";
import { problem, UserError } from "../core/errors.ts";
import { EXIT_CODES } from "../core/exit-codes.ts";
import { nearest } from "../core/suggest.ts";
import { readContextFile } from "../instance/context-store.ts";
import { readFormat, renderData } from "../ui/output-format.ts";
import { renderTable } from "../ui/table.ts";

const HEAD = ["CURRENT", "NAME", "CONTROL-PLANE", "USER", "ORGANIZATION", "PROXY"];

export async function configGetContexts({ flags, args }: Input, context: Context): Promise<number> {
  const format = readFormat(flags, ["json", "yaml", "name"]);
  const location = locateContextFile(flags, context.host);
  const file = await readContextFile(location);
  const current = location.wanted?.value ?? currentContextOf(file);
  const all = listContexts(file, current);
  const names = all.map(({ name }) => name);
  const unknown = args.filter((name) => !names.includes(name));
  if (unknown.length > 0)
    throw new UserError(
      "usage",
      unknown.map((name) => missing(name, names)),
    );
  const shown = all.filter(({ name }) => args.length === 0 || args.includes(name));
  if (format === "name") shown.forEach(({ name }) => context.print(name));
  else if (format !== "text")
    context.print(renderData({ file: location.path, contexts: shown }, format));
  else {
    const rows = shown.map(
      ({ current: isCurrent, name, controlPlane, user, organization, proxy }) =>
        [isCurrent ? "*" : "", name, controlPlane, user, organization, proxy].map(
          (cell) => cell ?? "",
        ),
    );
    const [head = "", ...lines] = renderTable(HEAD, rows).split("\n");
    const printed = flags["headers"] === false ? lines : [head, ...lines];
    if (printed.length > 0) context.print(printed.join("\n"));
  }
  return EXIT_CODES.ok.code;
}

function missing(name: string, known: readonly string[]) {
  const near = nearest(name, known);
  const remedy =
    near.length > 0
      ? `did you mean ${near.join(" or ")}?`
      : `there is ${known.join(", ") || "none"}`;
  return problem(`there is no context ${name}`, { remedy });
}
