// instance.json: what other commands and the next start know of an instance. Holds no secret.
import { lstat, rename } from "node:fs/promises";
import { UserError } from "../core/errors.ts";
import { readLimited, writeAtomic } from "../platform/files.ts";
import type { ProcessIdentity } from "../platform/os-contract.ts";
import { isSameProcess } from "../platform/os.ts";

const SCHEMA_VERSION = 1;
const MOST_BYTES = 64 * 1024;

const STATES = ["running", "stopped", "failed"] as const;

/** The identity is the supervisor's. */
export interface InstanceRecord extends ProcessIdentity {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  readonly name: string;
  /** "running" in the record of a dead supervisor: it was killed. */
  readonly state: (typeof STATES)[number];
  /** Marks its children; what a killed run left is found by it. */
  readonly cookie: string;
  /** The gateway; null without a proxy. The port is tried again at the next start. */
  readonly url: string | null;
  readonly port: number | null;
  /** sidelite's. */
  readonly version: string;
  /** ISO 8601, for display. */
  readonly startedAt: string;
  readonly socketDir: string | null;
  readonly kind?: "worker" | "run" | "proxy";
  /** It runs without a terminal. */
  readonly daemon?: boolean;
  /** Why it is or was "failed". */
  readonly failure?: string | null;
  /** The worker's last end; `at` is ISO 8601. */
  readonly workerExit?: RecordedExit | null;
  /** Absolute paths by what they are: config, proxyLog, workerLog. */
  readonly files: Readonly<Record<string, string>>;
}

export interface RecordedExit {
  readonly code: number | null;
  readonly signal: string | null;
  readonly at: string;
}

export async function writeRecord(path: string, record: InstanceRecord): Promise<void> {
  await writeAtomic(path, `${JSON.stringify(record, null, 2)}\n`);
}

/** null when there is none. One that cannot be trusted or understood is renamed to `.bad-<time>` and is none. */
export async function readRecord(path: string, now: Date): Promise<InstanceRecord | null> {
  if ((await lstat(path).catch(() => null)) === null) return null;
  const limits = { maxBytes: MOST_BYTES, what: "instance record", follow: false };
  try {
    const value: unknown = JSON.parse((await readLimited(path, limits)).text);
    if (isRecord(value)) return value;
  } catch (error) {
    if (!(error instanceof UserError) && !(error instanceof SyntaxError)) throw error;
  }
  // Another process may have done so first.
  await rename(path, `${path}.bad-${now.getTime()}`).catch(() => undefined);
  return null;
}

/** Its supervisor is the process that wrote it, and runs. */
export async function isRunning(record: InstanceRecord): Promise<boolean> {
  return isSameProcess(record);
}

const TYPES = {
  name: ["string"],
  pid: ["number"],
  startTime: ["string"],
  bootId: ["string"],
  cookie: ["string"],
  url: ["string", "null"],
  port: ["number", "null"],
  version: ["string"],
  startedAt: ["string"],
  socketDir: ["string", "null"],
} as const;

function isRecord(value: unknown): value is InstanceRecord {
  if (typeof value !== "object" || value === null) return false;
  const own = new Map<string, unknown>(Object.entries(value));
  const { files } = Object.fromEntries(own);
  return (
    own.get("schemaVersion") === SCHEMA_VERSION &&
    STATES.some((state) => state === own.get("state")) &&
    Object.entries(TYPES).every(([name, types]) => {
      const entry = own.get(name);
      return types.some((type) => type === (entry === null ? "null" : typeof entry));
    }) &&
    typeof files === "object" &&
    files !== null &&
    Object.values(files).every((path) => typeof path === "string")
  );
}
