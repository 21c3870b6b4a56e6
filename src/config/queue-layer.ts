// The layer of the control plane's queue settings, and the seam through which they arrive.
import type { YamlPath } from "../core/document.ts";
import type { Problem } from "../core/errors.ts";
import type { Place } from "../core/place.ts";
import type { Secret } from "../core/secret.ts";
import { buildLayer } from "./build-layer.ts";
import type { Layer, Merged } from "./layer.ts";

/** Who to ask, as the layers above decided it. */
export interface QueueRequest {
  readonly controlPlaneUrl: string;
  readonly apiKey: Secret;
  readonly trust: QueueTrust;
}

/** What the user's own context says of settings from elsewhere (faults.md, remote settings). */
export interface QueueTrust {
  /** They count as a local file. */
  readonly full: boolean;
  /** Hosts that may get any key: patterns as core/host-pattern.ts. */
  readonly hosts: readonly string[];
}

/** Settings that were already checked against the closed schema of remote settings. */
export interface QueueSettings {
  readonly settings: Readonly<Record<string, unknown>>;
  /** Warnings and notices about them. */
  readonly problems?: readonly Problem[];
  place(path: YamlPath): Place;
}

export function trustOf(merged: Merged): QueueTrust {
  return {
    full: merged.get("trustQueue").winner !== null,
    hosts: merged.get("trustHosts").winner?.value ?? [],
  };
}

export interface QueueSource {
  /** null: there are none to ask for. Throws UserError: controlPlane, credentials or security. */
  read(request: QueueRequest): Promise<QueueSettings | null>;
}

export function buildQueueLayer(queue: QueueSettings): Layer {
  const layer = buildLayer({
    name: "queue",
    baseDir: null,
    home: null,
    empty: "unset",
    find: ({ name }) => {
      if (!Object.hasOwn(queue.settings, name)) return null;
      return {
        raw: queue.settings[name],
        place: queue.place([name]),
        path: `settings.${name}`,
        within: (path) => queue.place([name, ...path]),
      };
    },
  });
  return { ...layer, problems: [...(queue.problems ?? []), ...layer.problems] };
}
