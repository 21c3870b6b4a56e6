// Where a queue's settings are asked for: the resolved control plane, and only over a line nobody listens to.
import { problem, UserError } from "../core/errors.ts";
import { isLoopback } from "../core/host-pattern.ts";

/** Throws UserError("security") for plain http to another machine: the key would be readable on the way. */
export function settingsUrl(controlPlaneUrl: string, queueId: string): URL {
  const base = controlPlaneUrl.replace(/\/+$/, "");
  const url = new URL(`${base}/api/v1/worker-queues/${encodeURIComponent(queueId)}/config`);
  if (url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url))) return url;
  throw new UserError(
    "security",
    problem(
      "the control plane is not asked over plain http: the API key could be read on the way",
      {
        place: { source: url.origin },
        remedy: "begin its URL with https:// (http:// is for this machine only)",
      },
    ),
  );
}
