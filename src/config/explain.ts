// Where every setting came from: the merged result as rows for people and programs.
import type { Place } from "../core/place.ts";
import { renderPlace } from "../core/place.ts";
import { Secret } from "../core/secret.ts";
import type { Merged } from "./layer.ts";
import type { LayerName, Origin } from "./origin.ts";
import type { SettingName, SettingValues } from "./setting.ts";
import { SETTING_NAMES, SETTINGS } from "./settings.ts";

export interface ExplainedSetting {
  readonly name: SettingName;
  /** As the tables of the documentation call it. */
  readonly label: string;
  /** Masked; null: not set. */
  readonly value: string | number | boolean | readonly string[] | null;
  /** null: no layer has a usable value. */
  readonly layer: LayerName | null;
  /** File with line, flag or variable. */
  readonly place: Place | null;
  /** Not written but meant: a config by flag or variable enables the proxy. */
  readonly implied: boolean;
  /** Layers below that have the setting too. */
  readonly shadowed: readonly Origin[];
}

export function explainSettings(merged: Merged): ExplainedSetting[] {
  return SETTING_NAMES.map((name) => {
    const { winner, shadowed } = merged.get(name);
    return {
      name,
      label: SETTINGS[name].label,
      value: winner ? showValue(winner.value) : null,
      layer: winner?.layer ?? null,
      place: winner?.place ?? null,
      implied: winner?.implied === true,
      shadowed,
    };
  });
}

/** `--model`, `config:12:9`, `default`; queue and context are named by their place already. */
export function renderOrigin({ layer, place, implied }: ExplainedSetting): string {
  if (layer === null || place === null) return "-";
  return implied ? `${renderPlace(place)} (implied)` : renderPlace(place);
}

function showValue(value: SettingValues[SettingName]): ExplainedSetting["value"] {
  if (value instanceof Secret) return "***";
  if (typeof value !== "object") return value;
  if (!("kind" in value)) return value;
  return value.kind === "file" ? value.path : "(inline)";
}
