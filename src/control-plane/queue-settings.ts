// The queue settings as they are asked for and handed on; config/ knows the same shapes as its own seam.
import type { YamlPath } from "../core/document.ts";
import type { Problem, UserError } from "../core/errors.ts";
import type { Place } from "../core/place.ts";
import type { Secret } from "../core/secret.ts";
import type { Mapping } from "./plain-data.ts";

/** Who to ask, and what of the answer may pass. */
export interface SettingsRequest {
  readonly controlPlaneUrl: string;
  readonly apiKey: Secret;
  readonly trust: { readonly full: boolean; readonly hosts: readonly string[] };
}

export interface GuardedSettings {
  readonly settings: Mapping;
  /** Warnings and notices, each told once. */
  readonly problems: readonly Problem[];
  place(path: YamlPath): Place;
}

export type Refresh =
  | { readonly kind: "same" | "changed" }
  | { readonly kind: "failed"; readonly error: UserError };

export interface QueueSettingsSource {
  /** Throws UserError: controlPlane, credentials or security. Once answered, polling alone asks again. */
  read(request: SettingsRequest): Promise<GuardedSettings>;
  /** Asks once more what `read` asked for; whatever fails, the settings in force stay. */
  refresh(signal: AbortSignal): Promise<Refresh>;
  /** Whether there is anything to poll. */
  isAsked(): boolean;
}
