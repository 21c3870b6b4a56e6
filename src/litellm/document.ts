// A LiteLLM configuration as read, before anything in it is understood.
import type { YamlPath } from "../core/document.ts";
import type { Problem } from "../core/errors.ts";
import type { Place } from "../core/place.ts";

export interface LitellmDocument {
  /** What a person would look at: a file, `--proxy-config-json`. */
  readonly source: string;
  readonly value: unknown;
  place(path: YamlPath): Place;
  /** What the reader of the text had to say. */
  readonly notices: readonly Problem[];
  /** Folder that relative paths and custom modules start from; null: there is none. */
  readonly baseDir: string | null;
}
