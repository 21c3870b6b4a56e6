// `sidelite run`: a command beside its own LiteLLM; returns the command's exit status.
import { randomBytes } from "node:crypto";
import type { Context, Input } from "../core/context.ts";
import { parseClients } from "../instance/parse-clients.ts";
import { loadPlan } from "../instance/plan.ts";
import { CLIENT_NAMES, detectClients } from "../litellm/clients.ts";
import { parseInstanceName } from "../state/instance-name.ts";

export async function run({ flags, args }: Input, context: Context): Promise<number> {
  const given = flags["name"];
  const temporary = typeof given !== "string";
  const name = temporary
    ? `run-${randomBytes(4).toString("hex")}`
    : parseInstanceName(given, "name", { source: "--name" });
  const clients = parseClients(flags["client"], CLIENT_NAMES) ?? detectClients(args);
  const { config, prepared, settings, door } = await loadPlan(
    flags,
    { command: "run", kubiyaWorker: false, listenFor: temporary ? null : name },
    context,
  );
  const wait = typeof flags["wait"] === "boolean" ? flags["wait"] : null;
  const { runForeground } = await import("../instance/foreground.ts");
  return runForeground(
    {
      name,
      temporary,
      config,
      prepared,
      settings,
      door,
      worker: { command: args, queueId: null, clients, wait },
    },
    context,
  );
}
