// `sidelite models`: the models that a running instance serves, or that the configuration would.
import type { Context, Input } from "../core/context.ts";
import { problem, UserError } from "../core/errors.ts";
import { EXIT_CODES } from "../core/exit-codes.ts";
import { listConfigured, listServed } from "../instance/list-models.ts";
import { reachInstance } from "../instance/reach.ts";

const SCHEMA_VERSION = 1;

export async function models({ flags }: Input, context: Context): Promise<number> {
  const running = await reachInstance(flags, context.host);
  const names = running
    ? await listServed(running, context.signals.abort)
    : await listConfigured(flags, context);
  const instance = running?.name ?? null;
  if (flags["json"] === true) {
    context.print(
      JSON.stringify({ schemaVersion: SCHEMA_VERSION, instance, models: names }, null, 2),
    );
    return EXIT_CODES.ok.code;
  }
  if (names.length === 0) {
    const remedy = "name one: --proxy-config-file FILE";
    throw new UserError("failed", problem("no LiteLLM config is set", { remedy }));
  }
  context.print(names.join("\n"));
  context.report.info(
    instance === null ? "as configured; nothing is running" : `served by ${instance}`,
  );
  return EXIT_CODES.ok.code;
}
