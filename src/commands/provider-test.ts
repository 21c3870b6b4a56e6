// `sidelite provider test NAME`: reachable or why not, how fast, which models. Exit 1: not reachable.
import type { Context, Input } from "../core/context.ts";
import { EXIT_CODES } from "../core/exit-codes.ts";
import { testProvider } from "../instance/ask-provider.ts";
import { findProvider } from "../instance/direct-paths.ts";
import { openDirect } from "../instance/direct-source.ts";
import { readFormat, renderData } from "../ui/output-format.ts";

export async function providerTest({ flags, args }: Input, context: Context): Promise<number> {
  const format = readFormat(flags, ["json", "yaml"]);
  const [name = ""] = args;
  const provider = findProvider(await openDirect(flags, context, "ask"), name);
  const result = await testProvider(provider, context);
  const { ok, reason, message, hint, ms, models } = result;
  if (format !== "text") context.print(renderData({ provider: name, ...result }, format));
  else if (ok) {
    const list = models.length === 0 ? "" : `: ${models.join(", ")}`;
    context.print(`${name} answers in ${Math.round(ms ?? 0)} ms, ${message}${list}`);
  } else {
    context.print(`${name} fails (${reason}): ${message}`);
    if (hint !== null) context.report.info(`fix: ${hint}`);
  }
  return ok ? EXIT_CODES.ok.code : EXIT_CODES.failed.code;
}
