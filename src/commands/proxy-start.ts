// `sidelite proxy start`: LiteLLM and the gateway until they are stopped; the exports for a shell on stdout.
import type { Context, Input } from "../core/context.ts";
import type { Config } from "../config/config.ts";
import type { DaemonHooks } from "../instance/foreground.ts";
import { loadPlan } from "../instance/plan.ts";
import { DEFAULT_CLIENTS } from "../litellm/clients.ts";
import { parseInstanceName } from "../state/instance-name.ts";
import type { Serving } from "../instance/serve.ts";
import { buildExports } from "../instance/exports.ts";
import { detectShell, renderVariables } from "../instance/shells.ts";

const DEFAULT_NAME = "default";

/** `daemon`: this process is one already. */
export async function proxyStart(
  { flags, args }: Input,
  context: Context,
  daemon?: DaemonHooks,
): Promise<number> {
  const given = flags["name"];
  const name =
    typeof given === "string"
      ? parseInstanceName(given, "name", { source: "--name" })
      : DEFAULT_NAME;
  if (flags["daemon"] === true && !daemon) {
    const { startAsDaemon } = await import("./start-as-daemon.ts");
    return startAsDaemon(name, { verb: "proxy", flags, args }, context);
  }
  const loaded = await loadPlan(
    flags,
    { command: "proxy", kubiyaWorker: false, instance: { name, temporary: false } },
    context,
  );
  const { runForeground } = await import("../instance/foreground.ts");
  return runForeground(
    {
      name,
      temporary: false,
      ...loaded,
      worker: null,
      ...(daemon
        ? { daemon }
        : { onReady: (serving) => showExports(serving, loaded.config, context) }),
    },
    context,
  );
}

function showExports({ url, key }: Serving, { proxy }: Config, context: Context): void {
  const { host, report } = context;
  const { env } = host;
  const { model } = proxy;
  const given = { url, key: key.reveal(), model, clients: DEFAULT_CLIENTS, env };
  context.print(renderVariables(detectShell(env["SHELL"]), buildExports(given)));
  report.info(`serving at ${url}; Ctrl+C stops it`);
}
