// One source of settings after reading, and what precedence makes of all of them.
import type { Problem } from "../core/errors.ts";
import type { LayerName, Origin } from "./origin.ts";
import type { SettingName, SettingValues } from "./setting.ts";

export interface Entry<T> extends Origin {
  readonly value: T;
  /** Not written but meant: a config given by flag or env enables the proxy. */
  readonly implied?: true;
}

export type Entries = { readonly [Name in SettingName]?: Entry<SettingValues[Name]> };

export interface Layer {
  readonly name: LayerName;
  readonly entries: Entries;
  /** Set but unusable: nothing should be concluded from their absence. */
  readonly broken: readonly SettingName[];
  /** Faults that matter only if no higher layer has the setting: unset references. */
  readonly deferred: { readonly [Name in SettingName]?: readonly Problem[] };
  readonly problems: readonly Problem[];
}

export interface Merge<T> {
  /** null: no layer has a usable value. */
  readonly winner: Entry<T> | null;
  /** What the winner hides, highest first; the default is not among them. */
  readonly shadowed: readonly Origin[];
  /** Why the highest value that is written cannot be used. */
  readonly faults: readonly Problem[];
}

export interface Merged {
  get<Name extends SettingName>(name: Name): Merge<SettingValues[Name]>;
  /** Settings that some layer has in an unusable form. */
  readonly broken: ReadonlySet<SettingName>;
  readonly problems: readonly Problem[];
}
