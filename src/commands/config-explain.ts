// `sidelite config explain`: every setting, its value, where it came from and what it hides.
import { explainSettings, renderOrigin } from "../config/explain.ts";
import { resolveHome } from "../config/home.ts";
import type { Context, Input } from "../core/context.ts";
import { EXIT_CODES } from "../core/exit-codes.ts";
import { renderPlace } from "../core/place.ts";
import type { Explanation } from "../instance/explain.ts";
import { explainConfiguration } from "../instance/explain.ts";
import { createInstanceQueue } from "../instance/queue-source.ts";
import { parseInstanceName } from "../state/instance-name.ts";
import { readFormat, renderData } from "../ui/output-format.ts";
import { renderTable } from "../ui/table.ts";

const HEAD = ["SETTING", "VALUE", "LAYER", "FROM", "HIDES"];

export async function configExplain({ flags }: Input, context: Context): Promise<number> {
  const format = readFormat(flags, ["json", "yaml"]);
  const found = await explainConfiguration(flags, queueOf(flags, context), context);
  const { code } = EXIT_CODES[found.exit];
  if (format !== "text") {
    const { merged, context: file, rendered, problems } = found;
    const settings = explainSettings(merged);
    context.print(renderData({ contextFile: file, settings, litellm: rendered, problems }, format));
    return code;
  }
  for (const problem of found.problems) context.report.problem(problem);
  context.print(renderSettings(found));
  if (found.rendered !== null) context.print(`\n${found.rendered.trimEnd()}`);
  return code;
}

function queueOf(flags: Input["flags"], context: Context) {
  const given = flags["queueId"];
  if (typeof given !== "string") return null;
  const queueId = parseInstanceName(given, "queue id", { source: "--queue-id" });
  return createInstanceQueue(queueId, resolveHome(context.host).dir, context);
}

function renderSettings({ merged }: Explanation): string {
  const rows = explainSettings(merged).map((setting) => [
    setting.label,
    [setting.value ?? "-"].flat().join(", "),
    setting.layer ?? "-",
    renderOrigin(setting),
    setting.shadowed.map(({ place }) => renderPlace(place)).join(", "),
  ]);
  return renderTable(HEAD, rows);
}
