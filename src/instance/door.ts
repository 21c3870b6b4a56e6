// The gateway's listener, opened before anything slow: it answers 401 until it is adopted, and keeps its port for life.
import type { Config } from "../config/config.ts";
import { UserError } from "../core/errors.ts";
import type { Host } from "../core/host.ts";
import { buildAccess } from "../gateway/access.ts";
import { LIMITS } from "../gateway/limits.ts";
import type { Gateway } from "../gateway/listener.ts";
import { startGateway } from "../gateway/listener.ts";
import { createPolicy } from "../gateway/policy.ts";
import { NO_ROUTES } from "../gateway/router.ts";
import type { Snapshot } from "../gateway/snapshot.ts";
import { pickPort } from "../platform/port.ts";
import { instancePaths } from "../state/paths.ts";
import { readRecord } from "../state/record.ts";

export interface Door {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** From now on it serves the snapshot and writes its lines to `log`. */
  adopt(snapshot: Snapshot, log: (line: string) => void): Gateway;
  close(): Promise<void>;
}

/** `name` null: the instance has no earlier port. null: the port is taken; who starts the instance finds out by whom. */
export async function openDoor(
  config: Config,
  name: string | null,
  host: Host,
): Promise<Door | null> {
  let write: (line: string) => void = () => undefined;
  const policy = createPolicy({ inFlight: LIMITS.inFlight });
  try {
    const gateway = await startGateway({
      port: config.proxy.port ?? (await pickPort(await previousPort(config, name, host))),
      movable: config.proxy.port === null,
      snapshot: { access: buildAccess([]), router: NO_ROUTES, policy },
      log: (line) => write(line),
    });
    return {
      url: gateway.url,
      adopt: (snapshot, log) => {
        write = log;
        gateway.swap(snapshot);
        return gateway;
      },
      close: () => gateway.close(AbortSignal.abort()),
    };
  } catch (error) {
    if (error instanceof UserError) return null;
    throw error;
  }
}

async function previousPort(
  config: Config,
  name: string | null,
  host: Host,
): Promise<number | null> {
  if (name === null) return null;
  const { record } = instancePaths(config.home.dir, name, host.env);
  return (await readRecord(record, host.now()))?.port ?? null;
}
