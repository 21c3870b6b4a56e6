// Names of a setting in words, for messages and tables.
import type { LayerName } from "./origin.ts";
import type { SettingName } from "./setting.ts";
import { SETTINGS } from "./settings.ts";

type WrittenLayer = Exclude<LayerName, "default">;

const WHERE: Readonly<Record<WrittenLayer, string>> = {
  flags: "",
  env: "",
  context: " under `litellm-proxy:` in the context",
  queue: " in the queue settings",
};

/** `--a or --b, A or B, a or b under ...`. */
export function listPlaces(name: SettingName, layers: readonly WrittenLayer[]): string {
  return layers
    .map(
      (layer) => SETTINGS[name][layer].map((spelling) => spelling.name).join(" or ") + WHERE[layer],
    )
    .join(", ");
}
