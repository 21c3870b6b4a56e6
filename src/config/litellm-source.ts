// Where the LiteLLM config is to be read from; reading and understanding it is not config's work.
import type { YamlPath } from "../core/document.ts";
import type { Place } from "../core/place.ts";
import type { Origin } from "./origin.ts";

export type LitellmSource =
  | {
      readonly kind: "file";
      /** Absolute. */
      readonly path: string;
      readonly origin: Origin;
    }
  | {
      readonly kind: "text";
      readonly text: string;
      readonly format: "json";
      /** How messages call the text: `--proxy-config-json`. */
      readonly source: string;
      /** Relative paths inside start here; null: there may be none (queue settings). */
      readonly baseDir: string | null;
      readonly origin: Origin;
    }
  | {
      readonly kind: "value";
      /** Parsed mapping of the context file or of the queue settings. */
      readonly value: unknown;
      readonly source: string;
      readonly baseDir: string | null;
      place(path: YamlPath): Place;
      readonly origin: Origin;
    };
