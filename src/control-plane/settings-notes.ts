// What a user should hear about queue settings that were taken.
import type { Problem } from "../core/errors.ts";
import type { Environment } from "../core/host.ts";
import type { Place } from "../core/place.ts";

export interface Taken {
  /** The queue's. */
  readonly status: string | null;
  readonly controlPlaneUrl: string;
  readonly env: Environment;
  readonly place: Place;
}

export function settingsNotes({ status, controlPlaneUrl, env, place }: Taken): Problem[] {
  const notes: Problem[] = [];
  if (status !== null && !/^active$/i.test(status)) {
    const message = `the queue is ${status}: it gets no tasks`;
    const remedy = "switch it on in the control plane";
    notes.push({ severity: "warning", message, place, remedy });
  }
  if (env["NODE_TLS_REJECT_UNAUTHORIZED"] === "0" && controlPlaneUrl.startsWith("https:")) {
    const message =
      "the control plane's certificate is not checked: anyone on the way may read the API key";
    notes.push({ severity: "warning", message, remedy: "unset NODE_TLS_REJECT_UNAUTHORIZED" });
  }
  return notes;
}
