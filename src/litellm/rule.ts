// What every check of a configuration gets to see.
import type { Finding } from "./findings.ts";
import type { Mapping } from "./tree.ts";

export interface Checked {
  /** As written and translated, references unresolved. */
  readonly written: Mapping;
  /** Every reference replaced by its value. */
  readonly resolved: unknown;
  /** Variables that LiteLLM gets beyond what the providers' tables name. */
  readonly given: ReadonlySet<string>;
  /** Names of the variables that are set, those of `environment_variables` included. */
  readonly present: ReadonlySet<string>;
  /** Unknown keys are errors. */
  readonly strict: boolean;
  readonly trust: "local" | "queue";
  /** Providers of `sidelite:` need no model. */
  readonly hasProviders: boolean;
  /** Nothing is to be started: an empty model list is only a warning. */
  readonly onlyValidate: boolean;
}

export type Rule = (checked: Checked) => Finding[];
