// `sidelite run`: a command beside a LiteLLM, its own or a running one of the same configuration; returns its exit status.
import { randomBytes } from "node:crypto";
import type { Context, Input } from "../core/context.ts";
import { listRunning } from "../instance/choose-instance.ts";
import type { FoundInstance } from "../instance/find-instances.ts";
import { parseClients } from "../instance/parse-clients.ts";
import { loadPlan } from "../instance/plan.ts";
import { CLIENT_NAMES, detectClients } from "../litellm/clients.ts";
import { parseInstanceName } from "../state/instance-name.ts";

export async function run({ flags, args }: Input, context: Context): Promise<number> {
  const given = flags["name"];
  const named =
    typeof given === "string" ? parseInstanceName(given, "name", { source: "--name" }) : null;
  const clients = parseClients(flags["client"], CLIENT_NAMES) ?? detectClients(args);
  const wait = typeof flags["wait"] === "boolean" ? flags["wait"] : null;
  const joinable = flags["fresh"] === true ? [] : await listJoinable(named, context);
  const options = { command: "run", kubiyaWorker: false } as const;
  const temporary = named === null;
  const name = named ?? `run-${randomBytes(4).toString("hex")}`;
  const loaded = await loadPlan(
    flags,
    // One that joins needs no listener and no LiteLLM.
    joinable.length > 0 ? options : { ...options, instance: { name, temporary } },
    context,
  );
  const { config, prepared } = loaded;
  if (prepared !== null && joinable.length > 0) {
    const { generateKey } = await import("../instance/configuration.ts");
    const { joinRunning } = await import("../instance/join.ts");
    const key = generateKey();
    const wish = { config, prepared, key, command: args, mustBeReady: wait };
    const joined = await joinRunning(joinable, wish, context);
    if (joined !== null) {
      const { runJoined } = await import("../instance/joined-run.ts");
      return runJoined({ config, prepared, key, command: args, clients }, joined, context);
    }
  }
  const { runForeground } = await import("../instance/foreground.ts");
  return runForeground(
    {
      name,
      temporary,
      ...loaded,
      worker: { command: args, queueId: null, clients, wait },
    },
    context,
  );
}

/** A run with a name is that instance or joins that instance, never another one. */
async function listJoinable(named: string | null, { host }: Context): Promise<FoundInstance[]> {
  const running = await listRunning(null, host);
  return named === null ? running : running.filter(({ name }) => name === named);
}
