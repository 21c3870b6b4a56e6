// An instance's status: from itself when it runs, else from what its record tells.
import type { InstanceStatus } from "./instance-status.ts";
import type { FoundInstance } from "./find-instances.ts";
import { askInstance, NoAnswer } from "./control-client.ts";

/** Never signals anything: a dead instance's pid may be another program's by now. */
export async function readStatus(
  instance: FoundInstance,
  options: { readonly environment?: boolean } = {},
): Promise<InstanceStatus> {
  const { socketDir } = instance;
  if (socketDir === null) return recordedStatus(instance, null);
  try {
    const order = { order: "status", environment: options.environment === true } as const;
    return (await askInstance(socketDir, order)).answer;
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    if (error.hangs) return recordedStatus(instance, "not answering");
    // It is about to listen, or has just ended.
    return recordedStatus(instance, instance.record === null ? null : "starting");
  }
}

/** `live`: the state of one that runs. */
function recordedStatus(
  { name, record }: FoundInstance,
  live: "starting" | "not answering" | null,
): InstanceStatus {
  const state = record?.state ?? "stopped";
  return {
    name,
    kind: record?.kind ?? "worker",
    state: live ?? (state === "running" ? "killed" : state),
    pid: live ? (record?.pid ?? null) : null,
    daemon: record?.daemon ?? false,
    startedAt: record?.startedAt ?? "",
    version: record?.version ?? "",
    url: live ? (record?.url ?? null) : null,
    proxy: null,
    worker: record?.workerExit
      ? { state: "ended", pid: null, restarts: 0, lastExit: record.workerExit }
      : null,
    joined: [],
    config: null,
    files: record?.files ?? {},
    failure: record?.failure ?? null,
  };
}
