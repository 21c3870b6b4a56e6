// What `status` says of an instance; programs read it too, so names stay.
import type { ProxyStatus } from "../proxy/status.ts";

export interface InstanceStatus {
  readonly name: string;
  readonly kind: InstanceKind;
  /** killed: its record says running, but its supervisor is gone. */
  readonly state:
    | "starting"
    | "running"
    | "stopping"
    | "failed"
    | "stopped"
    | "killed"
    | "not answering";
  /** The supervisor's; null: it does not run. */
  readonly pid: number | null;
  readonly daemon: boolean;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly version: string;
  /** The gateway's; null without a proxy. */
  readonly url: string | null;
  readonly proxy: ProxyView | null;
  readonly worker: WorkerView | null;
  /** Runs of the same configuration that use this one's LiteLLM. */
  readonly joined: readonly JoinedView[];
  /** null when it does not run. */
  readonly config: ConfigView | null;
  /** Absolute paths: config, proxyLog, workerLog. */
  readonly files: Readonly<Record<string, string>>;
  /** Why it failed. */
  readonly failure: string | null;
}

/** worker: of a queue; run: a command; proxy: none. */
export type InstanceKind = "worker" | "run" | "proxy";

export interface ProxyView extends ProxyStatus {
  readonly models: readonly string[];
  /** Unasked ends since the start, the latest last; the oldest ones are dropped. */
  readonly restarts: readonly { readonly at: string; readonly cause: string }[];
}

export interface JoinedView {
  readonly pid: number;
  /** Its command's file name. */
  readonly program: string;
  /** ISO 8601. */
  readonly since: string;
}

export interface WorkerView {
  readonly state: "waiting" | "running" | "restarting" | "ended" | "given up";
  readonly pid: number | null;
  readonly restarts: number;
  readonly lastExit: WorkerExit | null;
  /** Only where it was asked for: what sidelite set in its environment, keys masked. */
  readonly environment?: Readonly<Record<string, string>>;
}

export interface WorkerExit {
  readonly code: number | null;
  readonly signal: string | null;
  /** ISO 8601. */
  readonly at: string;
}

export interface ConfigView {
  /** Layer and place of the LiteLLM config, `context ~/.kubiya/config:12:9`. */
  readonly origin: string | null;
  /** Absolute path of the LiteLLM config; null: it is in no file of its own. */
  readonly file: string | null;
  readonly digest: string | null;
  readonly context: string | null;
  /** Files that changed after they were read. */
  readonly unapplied: readonly string[];
  /** Why something that is written is not in force, one line each. */
  readonly pending: readonly string[];
}
