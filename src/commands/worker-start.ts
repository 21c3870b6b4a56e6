// `sidelite worker start`: a queue's worker beside its own LiteLLM; returns the worker's exit status.
import type { Context, Input } from "../core/context.ts";
import { problem, UserError } from "../core/errors.ts";
import type { DaemonHooks } from "../instance/foreground.ts";
import { parseClients } from "../instance/parse-clients.ts";
import { loadPlan } from "../instance/plan.ts";
import { CLIENT_NAMES } from "../litellm/clients.ts";
import { parseInstanceName } from "../state/instance-name.ts";

/** `daemon`: this process is one already. */
export async function workerStart(
  { flags, args }: Input,
  context: Context,
  daemon?: DaemonHooks,
): Promise<number> {
  const queueId = readQueueId(flags["queueId"]);
  checkType(flags["type"]);
  if (flags["daemon"] === true && !daemon) {
    const { startAsDaemon } = await import("./start-as-daemon.ts");
    return startAsDaemon(queueId, { verb: "worker", flags, args }, context);
  }
  const command = args.length > 0 ? args : null;
  const clients = parseClients(flags["client"], CLIENT_NAMES) ?? ["litellm"];
  const kubiyaWorker = command === null;
  const instance = { name: queueId, temporary: false };
  const options = { command: "worker", kubiyaWorker, queueId, instance } as const;
  const loaded = await loadPlan(flags, options, context);
  const wait = typeof flags["wait"] === "boolean" ? flags["wait"] : null;
  const { runForeground } = await import("../instance/foreground.ts");
  return runForeground(
    {
      name: queueId,
      temporary: false,
      ...loaded,
      worker: { command, queueId, clients, wait },
      ...(daemon ? { daemon } : {}),
    },
    context,
  );
}

function readQueueId(written: Input["flags"][string]): string {
  if (typeof written === "string") {
    return parseInstanceName(written, "queue id", { source: "--queue-id" });
  }
  const remedy = "add --queue-id=ID, the queue whose tasks the worker takes";
  throw new UserError("usage", problem("the queue is missing", { remedy }));
}

function checkType(type: Input["flags"][string]): void {
  if (type === undefined || type === "local") return;
  const isDocker = type === "docker";
  throw new UserError(
    "usage",
    problem(
      isDocker
        ? "a worker in Docker cannot be started"
        : `${JSON.stringify(type)} is no worker type`,
      {
        place: { source: "--type" },
        remedy: isDocker
          ? "use --type=local: LiteLLM serves 127.0.0.1 of this machine, which a container does not reach"
          : "use --type=local",
      },
    ),
  );
}
