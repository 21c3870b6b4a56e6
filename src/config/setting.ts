// The shape of a setting: what each one's value is, and what the table says about it.
import type { Secret } from "../core/secret.ts";
import type { LitellmSource } from "./litellm-source.ts";
import type { TrustQueue } from "./parse-trust.ts";
import type { Spelling } from "./spelling.ts";

export interface SettingValues {
  enabled: boolean;
  litellm: LitellmSource;
  model: string;
  readinessSeconds: number;
  maxRestarts: number;
  port: number;
  controlPlaneUrl: string;
  apiKey: Secret;
  context: string;
  contextFile: string;
  trustQueue: TrustQueue;
  trustHosts: readonly string[];
}

export type SettingName = keyof SettingValues;

export interface Setting<T> {
  /** As the tables of the design and the README call it. */
  readonly label: string;
  /** Several: the first that is set counts. */
  readonly flags: readonly Spelling<T>[];
  readonly env: readonly Spelling<T>[];
  readonly context: readonly Spelling<T>[];
  readonly queue: readonly Spelling<T>[];
  /** Two spellings in one layer contradict each other instead. */
  readonly exclusive?: true;
  /** An empty value is a fault, not the absence of one: a switch is never silently off. */
  readonly emptyIsFault?: true;
  /** The flag also has a `--no-` form. */
  readonly negatable?: true;
  readonly fallback: T | null;
  /** How the tables write the default. */
  readonly fallbackLabel: string;
}
