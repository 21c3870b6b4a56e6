// The queue settings of one instance: where they are cached, and whose keys may go where.
import { join } from "node:path";
import type { QueueSettingsSource } from "../control-plane/queue-settings.ts";
import { createQueueSource } from "../control-plane/queue-source.ts";
import type { Context } from "../core/context.ts";
import { judgeDestination } from "../litellm/judge-destination.ts";
import { instancePaths } from "../state/paths.ts";

/** `queueId` has passed `parseInstanceName`; `home` is `~/.kubiya`. */
export function createInstanceQueue(
  queueId: string,
  home: string,
  { host, report, signals }: Context,
): QueueSettingsSource {
  return createQueueSource({
    queueId,
    cachePath: join(instancePaths(home, queueId, host.env).dir, "queue_settings.json"),
    host,
    report,
    signal: signals.abort,
    judge: (destination, trustedHosts) => judgeDestination(destination, trustedHosts, host.env),
  });
}
