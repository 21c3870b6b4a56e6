// What a setting is called in one layer, and the contract of the functions that read its value.
import type { YamlPath } from "../core/document.ts";
import type { Place } from "../core/place.ts";
import type { LayerName } from "./origin.ts";

/** A part of the context file, seen from the selected context. */
export type ContextSection = "litellm-proxy" | "context" | "user" | "top";

/** A value as somebody wrote it. */
export interface Written {
  readonly raw: unknown;
  readonly place: Place;
  /** `litellm-proxy.port`; only where the place alone does not name the value. */
  readonly path?: string;
  /** Places inside a value that is a mapping. */
  readonly within?: (path: YamlPath) => Place;
}

/** What a value's meaning depends on. */
export interface Reading extends Written {
  readonly layer: LayerName;
  readonly spelling: string;
  /** Relative paths start here; null: paths are not allowed. */
  readonly baseDir: string | null;
  /** For `~`. */
  readonly home: string | null;
  /** Something the user should hear although the value is taken. */
  notice(message: string): void;
}

/** Why a value cannot be taken. Never shows a value that may be secret. */
export class Invalid {
  readonly message: string;
  readonly remedy: string;

  constructor(message: string, remedy: string) {
    this.message = message;
    this.remedy = remedy;
  }
}

export interface Spelling<T> {
  readonly name: string;
  /** Never throws. */
  readonly parse: (raw: unknown, reading: Reading) => T | Invalid;
  /** The field of a credential or an endpoint: more kinds of references count (core/references.ts). */
  readonly credential?: boolean;
  /** Context file only. */
  readonly section?: ContextSection;
}
