// What all mappings of the `sidelite:` section share while they are read.
import type { YamlPath } from "../../core/document.ts";
import type { Problem } from "../../core/errors.ts";
import type { Environment } from "../../core/host.ts";
import type { Place } from "../../core/place.ts";
import type { Secret } from "../../core/secret.ts";

export interface FieldsContext {
  readonly env: Environment;
  place(path: YamlPath): Place;
  /** Grows while fields are read. */
  readonly problems: Problem[];
  /** Values that must never be shown. */
  readonly secrets: Secret[];
  /** Variables that such values come from. */
  readonly secretNames: Set<string>;
}
