// Which of the starting verbs an instance came from.
import type { ForegroundPlan } from "./foreground.ts";
import type { InstanceKind } from "./instance-status.ts";

export function kindOf({ worker }: Pick<ForegroundPlan, "worker">): InstanceKind {
  if (worker === null) return "proxy";
  return worker.queueId === null ? "run" : "worker";
}
