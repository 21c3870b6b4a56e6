// What everything after config/ works with: complete, frozen, nothing left to decide.
import type { Problem } from "../core/errors.ts";
import type { Secret } from "../core/secret.ts";
import type { SideliteHome } from "./home.ts";
import type { LitellmSource } from "./litellm-source.ts";
import type { Origin } from "./origin.ts";
import type { QueueTrust } from "./queue-layer.ts";
import type { SettingName } from "./setting.ts";

export interface Config {
  readonly context: {
    /** null: none is selected. */
    readonly name: string | null;
    /** Absolute. */
    readonly file: string;
    readonly exists: boolean;
  };
  readonly home: SideliteHome;
  readonly controlPlane: {
    /** Without a final slash. */
    readonly url: string;
    readonly apiKey: Secret | null;
    readonly organization: string | null;
  };
  readonly proxy: {
    readonly enabled: boolean;
    /** Never null when enabled. */
    readonly litellm: LitellmSource | null;
    readonly model: string | null;
    readonly skipModelValidation: boolean;
    /** Seconds from the keeper's spawn to ready. */
    readonly readinessSeconds: number;
    /** Per 10 minutes. */
    readonly maxRestarts: number;
    /** null: any free one. */
    readonly port: number | null;
    /** Whether a LiteLLM config of the queue counts as a local one. */
    readonly queueTrust: QueueTrust;
  };
  readonly origins: Readonly<Record<SettingName, SettingOrigin>>;
  /** Warnings and notices; errors were thrown. */
  readonly problems: readonly Problem[];
}

export interface SettingOrigin extends Origin {
  /** Lower layers that have the setting too. */
  readonly shadowed: readonly Origin[];
}
