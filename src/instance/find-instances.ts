// Every instance of this home: its record, whether it runs, and where it can be asked.
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Host } from "../core/host.ts";
import { instancePaths } from "../state/paths.ts";
import type { InstanceRecord } from "../state/record.ts";
import { isRunning, readRecord } from "../state/record.ts";
import { controlPath } from "./control-protocol.ts";

export interface FoundInstance {
  readonly name: string;
  readonly recordPath: string;
  /** null: lost, but its control socket is there. */
  readonly record: InstanceRecord | null;
  /** The record's process is the one that wrote it, or its socket is there without a record. Only then it is asked. */
  readonly runs: boolean;
  /** Where its control socket is; null when it does not run. */
  readonly socketDir: string | null;
}

type Asked = Pick<Host, "env" | "now">;

/** `home` is `~/.kubiya`. Folders without a record and without a socket are none. */
export async function listInstances(home: string, host: Asked): Promise<FoundInstance[]> {
  const folder = join(home, "workers");
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const found = await Promise.all(names.toSorted().map((name) => findInstance(home, name, host)));
  return found.filter((instance) => instance !== null);
}

/** `name` has passed `parseInstanceName`. null: never heard of. */
export async function findInstance(
  home: string,
  name: string,
  host: Asked,
): Promise<FoundInstance | null> {
  const paths = instancePaths(home, name, host.env);
  const recordPath = paths.record;
  const record = await readRecord(recordPath, host.now());
  if (record !== null) {
    const runs = await isRunning(record);
    return { name, recordPath, record, runs, socketDir: runs ? record.socketDir : null };
  }
  // Somebody removed the record while it ran; without one there is no pid to mistake.
  for (const socketDir of paths.socketDirs) {
    if (await isThere(controlPath(socketDir))) {
      return { name, recordPath, record: null, runs: true, socketDir };
    }
  }
  return null;
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isSocket(),
    () => false,
  );
}
