// All that `proxy/` needs to know of one LiteLLM: how to host the keeper, and what a generation serves.
import type { Secret } from "./secret.ts";

/** The keeper process: a Python that imports LiteLLM once. Nothing in it is secret. */
export interface KeeperSpec {
  /** Absolute path of the runtime's Python. */
  readonly python: string;
  /** Environment during LiteLLM's import; the instance cookie is among it. */
  readonly importEnvironment: Readonly<Record<string, string>>;
  /** Private folder (0700) for the sockets; short, so that a path stays under 104 bytes. */
  readonly socketDir: string;
  /** Private empty folder: LiteLLM appends its cwd to sys.path. */
  readonly cwd: string;
  /** Shown in argv so that `ps aux | grep litellm` finds the process. */
  readonly tag: string;
}

/** The model names that a ready LiteLLM must list. */
export interface ExpectedModels {
  readonly exact: readonly string[];
  /** Patterns such as `openai/*`. */
  readonly wildcard: readonly string[];
}

/** One configuration as LiteLLM serves it. */
export interface GenerationSpec {
  /** Digest of the rendered configuration; names it in logs and state. */
  readonly digest: string;
  /** The whole environment of the serving process, secrets included; never logged. */
  readonly environment: Readonly<Record<string, string>>;
  /** The part of it that LiteLLM's import may read: a keeper that imported with another one cannot host it. */
  readonly importEnvironment: Readonly<Record<string, string>>;
  /** LiteLLM's WORKER_CONFIG (all the CLI's keys, config path absolute). */
  readonly workerConfig: Readonly<Record<string, unknown>>;
  /** Folder to serve in: custom modules beside a local config are found from here; null: the keeper's. */
  readonly cwd: string | null;
  readonly models: ExpectedModels;
  readonly masterKey: Secret;
  /** How many generations may serve it at once, and why only one if it is one. */
  readonly most: number;
  readonly whyOne: string | null;
  /** Resident memory at which a generation is replaced, MB; null: never. */
  readonly recycleAtMb: number | null;
}

export interface ProxyLimits {
  /** From the keeper's spawn to ready, seconds (design 3.2, readiness budget). */
  readonly readinessSeconds: number;
  /** Deaths in a sliding 10 minutes before the proxy is `failed`. */
  readonly maxRestarts: number;
  /** How long a replaced process may go on with what it has begun, seconds. */
  readonly drainSeconds: number;
  /** How long open streams may go on after TERM, seconds. */
  readonly graceSeconds: number;
}
