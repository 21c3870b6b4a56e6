// `sidelite config view`: the context file, or with --merged all settings in force, secrets hidden.
import { locateContextFile } from "../config/locate.ts";
import { maskSecrets } from "../config/mask.ts";
import { buildMergedView } from "../config/merged-view.ts";
import type { Context, Input } from "../core/context.ts";
import { isMapping } from "../core/converted.ts";
import { EXIT_CODES } from "../core/exit-codes.ts";
import { renderYaml } from "../core/render-yaml.ts";
import { readContextFile } from "../instance/context-store.ts";
import { explainConfiguration } from "../instance/explain.ts";
import { readFormat, renderData } from "../ui/output-format.ts";

const EMPTY = { apiVersion: "v1", kind: "Config", "current-context": "", contexts: [], users: [] };

export async function configView({ flags }: Input, context: Context): Promise<number> {
  const format = readFormat(flags, ["json", "yaml"]);
  const { data, code } =
    flags["merged"] === true
      ? await readMerged(flags, context)
      : { data: await readFile(flags, context), code: EXIT_CODES.ok.code };
  const shown = flags["raw"] === true ? data : maskSecrets(data);
  if (!isMapping(shown)) return code;
  // Without a version on top: what is printed is a context file.
  context.print(format === "json" ? renderData(shown, "json") : renderYaml(shown).trimEnd());
  return code;
}

async function readFile(flags: Input["flags"], { host }: Context): Promise<unknown> {
  const file = await readContextFile(locateContextFile(flags, host));
  return file?.document.value ?? EMPTY;
}

async function readMerged(
  flags: Input["flags"],
  context: Context,
): Promise<{ readonly data: unknown; readonly code: number }> {
  const { merged, problems, exit } = await explainConfiguration(flags, null, context);
  for (const found of problems) context.report.problem(found);
  return { data: buildMergedView(merged), code: EXIT_CODES[exit].code };
}
