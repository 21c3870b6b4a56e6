// The five layers, and where a value came from.
import type { Place } from "../core/place.ts";

/** Highest first: a setting is taken from the first layer that has it (design 3.2). */
export const LAYERS = ["flags", "env", "context", "queue", "default"] as const;

export type LayerName = (typeof LAYERS)[number];

export interface Origin {
  readonly layer: LayerName;
  readonly place: Place;
}
