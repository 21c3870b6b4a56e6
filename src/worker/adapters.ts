// The kinds of worker: how each is told apart, started and asked to stop.
import { basename } from "node:path";

interface Adapter {
  /** What asks it to finish its work and end; `sidelite.worker.stop-signal` overrules it. */
  readonly stopSignal: NodeJS.Signals;
  /** Set when it gets a proxy. */
  readonly proxyEnvironment: Readonly<Record<string, string>>;
}

export const ADAPTERS = {
  command: { stopSignal: "SIGTERM", proxyEnvironment: {} },
  "kubiya-worker": {
    // SIGTERM kills it at once, in the middle of its tasks.
    stopSignal: "SIGINT",
    // It would send the user's e-mail address in headers to our proxy.
    proxyEnvironment: { KUBIYA_DISABLE_LANGFUSE_HEADERS: "true" },
  },
} as const satisfies Record<string, Adapter>;

export type AdapterName = keyof typeof ADAPTERS;

export const KUBIYA_PROGRAM = "kubiya-control-plane-worker";
const KUBIYA_MODULE = "control_plane_api.worker.worker";

/** `command` is what follows `--`; null stands for the default worker. */
export function adapterFor(command: readonly string[] | null): AdapterName {
  if (command === null || basename(command[0] ?? "") === KUBIYA_PROGRAM) return "kubiya-worker";
  const module = command.indexOf("-m") + 1;
  return module > 0 && command[module] === KUBIYA_MODULE ? "kubiya-worker" : "command";
}
