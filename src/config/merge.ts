// Precedence: for every setting the highest layer that has it.
import type { Entry, Layer, Merge, Merged } from "./layer.ts";
import type { LayerName } from "./origin.ts";
import { LAYERS } from "./origin.ts";
import type { SettingName, SettingValues } from "./setting.ts";

/** Layers whose LiteLLM config also says that the proxy is wanted. */
const IMPLYING: ReadonlySet<LayerName> = new Set(["flags", "env"]);

/** Layers in any order. Never throws: the layers' faults are passed on. */
export function mergeLayers(layers: readonly Layer[]): Merged {
  const ordered = layers
    .toSorted((one, other) => LAYERS.indexOf(one.name) - LAYERS.indexOf(other.name))
    .map(withImplied);
  return {
    get: (name) => mergeSetting(name, ordered),
    broken: new Set(ordered.flatMap((layer) => layer.broken)),
    problems: ordered.flatMap((layer) => layer.problems),
  };
}

function mergeSetting<Name extends SettingName>(
  name: Name,
  ordered: readonly Layer[],
): Merge<SettingValues[Name]> {
  type Value = SettingValues[Name];
  const found = ordered.flatMap<Entry<Value> | Deferred>((layer) => {
    const faults = layer.deferred[name];
    if (faults) return [{ faults }];
    const entry: Entry<Value> | undefined = layer.entries[name];
    return entry ? [entry] : [];
  });
  const [first, ...rest] = found;
  if (!first || "faults" in first) {
    return { winner: null, shadowed: [], faults: first?.faults ?? [] };
  }
  const shadowed = rest.flatMap((entry) =>
    "faults" in entry || entry.layer === "default"
      ? []
      : [{ layer: entry.layer, place: entry.place }],
  );
  return { winner: first, shadowed, faults: [] };
}

interface Deferred {
  readonly faults: NonNullable<Layer["deferred"][SettingName]>;
}

/** A config by flag or env enables the proxy unless its own layer says otherwise (design 3.2). */
function withImplied(layer: Layer): Layer {
  const { enabled, litellm } = layer.entries;
  if (!litellm || enabled || !IMPLYING.has(layer.name)) return layer;
  const implied = { value: true, layer: layer.name, place: litellm.place, implied: true } as const;
  return { ...layer, entries: { ...layer.entries, enabled: implied } };
}
