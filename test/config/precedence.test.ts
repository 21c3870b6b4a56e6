import { describe, expect, it } from "vitest";
import { buildContextLayer } from "../../src/config/context-layer.ts";
import { parseContextFile } from "../../src/config/context-file.ts";
import { buildDefaultLayer } from "../../src/config/default-layer.ts";
import { buildEnvLayer } from "../../src/config/env-layer.ts";
import { buildFlagLayer, flagKey } from "../../src/config/flag-layer.ts";
import type { Layer } from "../../src/config/layer.ts";
import { mergeLayers } from "../../src/config/merge.ts";
import type { LayerName } from "../../src/config/origin.ts";
import { LAYERS } from "../../src/config/origin.ts";
import { buildQueueLayer } from "../../src/config/queue-layer.ts";
import type { SettingName, SettingValues } from "../../src/config/setting.ts";
import { SETTING_NAMES, SETTINGS } from "../../src/config/settings.ts";
import type { Spelling } from "../../src/config/spelling.ts";
import { Secret } from "../../src/core/secret.ts";

const where = { cwd: "/cwd", home: "/home/u" };

// A different value for every layer, so that the winner shows.
const SAMPLES: Readonly<Record<SettingName, readonly [string, string, string, string]>> = {
  enabled: ["true", "false", "true", "true"],
  litellm: ["flags.yaml", "env.yaml", "context.yaml", '{"model_list":[]}'],
  model: ["m-flags", "m-env", "m-context", "-"],
  readinessSeconds: ["101", "102", "103", "104"],
  maxRestarts: ["11", "12", "13", "14"],
  port: ["4001", "4002", "4003", "-"],
  controlPlaneUrl: ["https://flags.x", "https://env.x", "https://context.x", "-"],
  apiKey: ["-", "k-env", "k-context", "-"],
  context: ["c", "c", "c", "-"],
  contextFile: ["/f/flags", "/f/env", "-", "-"],
  trustQueue: ["-", "-", "full", "-"],
  trustHosts: ["-", "-", "llm.example", "-"],
};

const WRITTEN = ["flags", "env", "context", "queue"] as const;

/** Every layer that can hold the setting, in that spelling. */
function layersOf(name: SettingName, spelling = 0): Map<LayerName, Layer> {
  const found = new Map<LayerName, Layer>();
  WRITTEN.forEach((layer, index) => {
    const spellings: readonly Spelling<unknown>[] = SETTINGS[name][layer];
    const used = spellings[Math.min(spelling, spellings.length - 1)];
    if (!used) return;
    const isInline = /json$/i.test(used.name);
    const value = isInline ? `{"from":"${layer}"}` : (SAMPLES[name][index] ?? "");
    found.set(layer, build(layer, used, value));
  });
  const fallback = buildDefaultLayer("/home/u/.kubiya");
  if (fallback.entries[name]) found.set("default", fallback);
  return found;
}

function build(layer: (typeof WRITTEN)[number], spelling: Spelling<unknown>, value: string): Layer {
  if (layer === "flags") return buildFlagLayer({ [flagKey(spelling.name)]: value }, where);
  if (layer === "env") return buildEnvLayer({ env: { [spelling.name]: value }, ...where });
  if (layer === "context") return buildContext(spelling, value);
  return buildQueueLayer({ settings: { [spelling.name]: value }, place: queuePlace });
}

function queuePlace() {
  return { source: "queue settings" };
}

function buildContext(
  { name, section = "litellm-proxy" }: Spelling<unknown>,
  value: string,
): Layer {
  const quoted = JSON.stringify(value);
  const proxy = section === "litellm-proxy" ? `litellm-proxy: {${name}: ${quoted}}, ` : "";
  const own = section === "context" ? `${name}: ${quoted}, ` : "";
  const user = section === "user" ? `{token: ${quoted}}` : "{}";
  const text = [
    section === "top" ? `${name}: ${quoted}` : "kind: Config",
    `contexts: [{name: c, context: {${proxy}${own}user: u}}]`,
    `users: [{name: u, user: ${user}}]`,
  ].join("\n");
  return buildContextLayer(parseContextFile(text, "/home/u/.kubiya/config"), "c", {
    env: {},
    home: null,
  });
}

function subsetsOf<T>(items: readonly T[]): T[][] {
  return items.reduce<T[][]>((all, item) => [...all, ...all.map((set) => [...set, item])], [[]]);
}

// Every subset holds every pair.
const cases = SETTING_NAMES.flatMap((name) => {
  const spellings = Math.max(...WRITTEN.map((layer) => SETTINGS[name][layer].length));
  return Array.from({ length: spellings }, (_, spelling) => [name, spelling] as const);
});

describe.each(cases)("%s, spelling %d", (name, spelling) => {
  const layers = layersOf(name, spelling);
  const subsets = subsetsOf([...layers.keys()]).filter((set) => set.length > 0);

  it.each(subsets.map((set) => [set.join("+"), set] as const))("in %s", (_, set) => {
    const chosen = set.flatMap((layer) => layers.get(layer) ?? []);
    const { winner, shadowed, faults } = mergeLayers(chosen.toReversed()).get(name);
    const expected = LAYERS.filter((layer) => set.includes(layer));
    expect(winner?.layer).toBe(expected[0]);
    expect(winner?.value).toEqual(chosen[0]?.entries[name]?.value);
    expect(shadowed.map(({ layer }) => layer)).toEqual(
      expected.slice(1).filter((layer) => layer !== "default"),
    );
    expect(faults).toEqual([]);
    expect(mergeLayers(chosen).problems).toEqual([]);
  });

  it("is read as it was written", () => {
    const written = WRITTEN.flatMap((layer, index) => {
      const value = layers.get(layer)?.entries[name]?.value;
      return value === undefined ? [] : [[spell(value), SAMPLES[name][index] ?? ""] as const];
    });
    const wrong = written.filter(([value, sample]) => !value.endsWith(sample) && !isJson(value));
    expect(written.length).toBe([...layers.keys()].filter((layer) => layer !== "default").length);
    expect(wrong).toEqual([]);
  });
});

describe("one layer", () => {
  it("takes the control-plane URL's variables in the table's order", () => {
    const names = SETTINGS.controlPlaneUrl.env.map((spelling) => spelling.name);
    const urls = names.map((_, index) => {
      const env = Object.fromEntries(names.slice(index).map((n) => [n, `https://${n}.x`]));
      return mergeLayers([buildEnvLayer({ env, ...where })]).get("controlPlaneUrl").winner?.place;
    });
    expect(urls).toEqual(names.map((source) => ({ source })));
  });

  it.each(["flags", "env"] as const)("a config in %s enables the proxy", (layer) => {
    const merged = mergeLayers([...layersOf("litellm").values()].filter((l) => l.name === layer));
    expect(merged.get("enabled").winner).toMatchObject({ value: true, layer, implied: true });
  });

  it.each(["context", "queue"] as const)("a config in %s alone does not", (layer) => {
    const merged = mergeLayers([...layersOf("litellm").values()].filter((l) => l.name === layer));
    expect(merged.get("enabled").winner).toBeNull();
  });

  it("its own false beats its config, a lower false does not", () => {
    const flags = { proxyConfigFile: "f.yaml" };
    const env = buildEnvLayer({ env: { KUBIYA_ENABLE_LOCAL_PROXY: "false" }, ...where });
    const enabled = (layer: Layer) => mergeLayers([layer, env]).get("enabled").winner?.value;
    expect(enabled(buildFlagLayer(flags, where))).toBe(true);
    expect(enabled(buildFlagLayer({ ...flags, enableLocalProxy: false }, where))).toBe(false);
    expect(enabled(buildFlagLayer({ ...flags, enableLocalProxy: "false" }, where))).toBe(false);
  });
});

function spell(value: SettingValues[SettingName]): string {
  if (value instanceof Secret) return value.reveal();
  if (typeof value !== "object" || "length" in value) return String(value);
  if (value.kind === "file") return value.path;
  return value.kind === "text" ? value.text : JSON.stringify(value.value);
}

function isJson(value: string): boolean {
  return value.startsWith('{"from":"');
}
