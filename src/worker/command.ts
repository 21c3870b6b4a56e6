// Which program runs as the worker, and how: decided from plain values, nothing is started here.
import { BugError } from "../core/errors.ts";
import type { AdapterName } from "./adapters.ts";
import { adapterFor, ADAPTERS } from "./adapters.ts";

/**
 * shared: our own descriptors, process group and terminal (`run`).
 * logged: its own group, no input, output to worker.log (`worker start`).
 */
type WorkerMode = "shared" | "logged";

export interface WorkerRequest {
  readonly mode: WorkerMode;
  /** What follows `--`; null: the Kubiya worker. */
  readonly command: readonly string[] | null;
  /** Absolute path of the Kubiya worker in its runtime; needed without a command. */
  readonly kubiyaProgram: string | null;
  /** Needed without a command. */
  readonly queueId: string | null;
  /** The whole environment; keys are only here, never in arguments. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** `sidelite.worker.stop-signal`. */
  readonly stopSignal: NodeJS.Signals | null;
}

export interface WorkerSpec {
  readonly adapter: AdapterName;
  readonly mode: WorkerMode;
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly stopSignal: NodeJS.Signals;
}

export function buildWorkerSpec(request: WorkerRequest): WorkerSpec {
  const { mode, command, env, cwd } = request;
  const adapter = adapterFor(command);
  const [file, ...args] = command ?? kubiyaCommand(request);
  if (file === undefined) throw new BugError("a worker's command is empty");
  const stopSignal = request.stopSignal ?? ADAPTERS[adapter].stopSignal;
  return { adapter, mode, file, args, env, cwd, stopSignal };
}

function kubiyaCommand({ kubiyaProgram, queueId }: WorkerRequest): readonly string[] {
  if (kubiyaProgram === null || queueId === null) {
    throw new BugError("the Kubiya worker needs its program and a queue");
  }
  // An argument more, even an empty one, and it exits with 2.
  return [kubiyaProgram, "--queue-id", queueId];
}
