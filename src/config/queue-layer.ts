// The layer of the control plane's queue settings, and the seam through which they arrive.
import type { YamlPath } from "../core/document.ts";
import type { Place } from "../core/place.ts";
import type { Secret } from "../core/secret.ts";
import { buildLayer } from "./build-layer.ts";
import type { Layer } from "./layer.ts";

/** Who to ask, as the layers above decided it. */
export interface QueueRequest {
  readonly controlPlaneUrl: string;
  readonly apiKey: Secret;
}

/** Settings that were already checked against the closed schema of remote settings. */
export interface QueueSettings {
  readonly settings: Readonly<Record<string, unknown>>;
  place(path: YamlPath): Place;
}

export interface QueueSource {
  /** null: there are none to ask for. Throws UserError: controlPlane, credentials or security. */
  read(request: QueueRequest): Promise<QueueSettings | null>;
}

export function buildQueueLayer(queue: QueueSettings): Layer {
  return buildLayer({
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
}
