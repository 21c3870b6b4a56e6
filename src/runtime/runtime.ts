// What a managed Python environment is to those who use it, and what making one needs.
import type { Environment } from "../core/host.ts";
import type { Report } from "../core/report.ts";

/** The environments that users meet; `uv` is the installer that is fetched where the machine has none. */
export type RuntimeKind = "litellm" | "kubiya-worker";
export type LockKind = RuntimeKind | "uv";

export interface Runtime {
  readonly kind: LockKind;
  /** Of LiteLLM, or of the worker's package. */
  readonly version: string;
  /** Folder name: kind, version and a digest of the lock file and the machine's kind. */
  readonly id: string;
  readonly dir: string;
  /** Absolute path of its Python. */
  readonly python: string;
  /** Absolute path of one of its programs. */
  bin(name: string): string;
}

/** A runtime that `prune` leaves alone until it is released or this process ends, however it ends. */
export interface HeldRuntime extends Runtime {
  release(): Promise<void>;
}

export interface RuntimeContext {
  /** `~/.kubiya/runtimes`, or SIDELITE_RUNTIME_DIR. */
  readonly runtimesDir: string;
  readonly env: Environment;
  readonly home: string | null;
  readonly report: Report;
  readonly signal: AbortSignal;
}

/** As people read it: "LiteLLM 1.106.2". */
export function runtimeTitle(runtime: {
  readonly kind: LockKind;
  readonly version: string;
}): string {
  const names = { litellm: "LiteLLM", "kubiya-worker": "Kubiya worker", uv: "uv" } as const;
  return `${names[runtime.kind]} ${runtime.version}`;
}
