// `--daemon`: starts the instance detached, waits until it is ready, and says where it is.
import { resolveHome } from "../config/home.ts";
import type { Context } from "../core/context.ts";
import { EXIT_CODES } from "../core/exit-codes.ts";
import type { DaemonTask } from "../instance/daemon-messages.ts";
import { startDaemon } from "../instance/daemon-start.ts";
import { renderTable } from "../ui/table.ts";

const FILES: Readonly<Record<string, string>> = {
  config: "config",
  proxyLog: "proxy log",
  workerLog: "worker log",
  sideliteLog: "own log",
};

export async function startAsDaemon(
  name: string,
  task: DaemonTask,
  context: Context,
): Promise<number> {
  const started = await startDaemon(name, resolveHome(context.host).dir, task, context);
  if (typeof started === "number") return started;
  const { url, pid, files } = started;
  const rows = [
    ["url", url ?? "no local LiteLLM"],
    ["pid", `${pid}`],
    ...Object.entries(files).map(([key, path]) => [FILES[key] ?? key, path]),
  ];
  context.print(renderTable([name, "running"], rows));
  context.report.info(`stop it: sidelite ${task.verb} stop ${name}`);
  return EXIT_CODES.ok.code;
}
