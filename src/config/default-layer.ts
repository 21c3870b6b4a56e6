// The lowest layer: the defaults of the table.
import { join } from "node:path";
import type { Entries, Layer } from "./layer.ts";
import { SETTING_NAMES, SETTINGS } from "./settings.ts";

const PLACE = { source: "default" };

/** `home` is sidelite's folder (home.ts), where the context file is looked for. */
export function buildDefaultLayer(home: string): Layer {
  const entries: Entries = {};
  for (const name of SETTING_NAMES) {
    const value = name === "contextFile" ? join(home, "config") : SETTINGS[name].fallback;
    // A plain assignment is beyond the type checker: name and value are unions here.
    if (value !== null)
      Object.assign(entries, { [name]: { value, layer: "default", place: PLACE } });
  }
  return { name: "default", entries, broken: [], deferred: {}, problems: [] };
}
