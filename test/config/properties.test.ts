import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildContextLayer } from "../../src/config/context-layer.ts";
import { parseContextFile } from "../../src/config/context-file.ts";
import { buildDefaultLayer } from "../../src/config/default-layer.ts";
import { buildEnvLayer } from "../../src/config/env-layer.ts";
import { buildFlagLayer, flagKey } from "../../src/config/flag-layer.ts";
import type { Layer } from "../../src/config/layer.ts";
import { mergeLayers } from "../../src/config/merge.ts";
import { LAYERS } from "../../src/config/origin.ts";
import { buildQueueLayer } from "../../src/config/queue-layer.ts";
import { resolveConfig } from "../../src/config/resolve.ts";
import { SETTING_NAMES, SETTINGS } from "../../src/config/settings.ts";
import type { LoadOptions, Sources } from "../../src/config/sources.ts";
import { UserError } from "../../src/core/errors.ts";

const where = { cwd: "/cwd", home: "/home/u" };
const HOSTILE = ["__proto__", "constructor", "toString", "hasOwnProperty"];
const VALUES = (
  "true|true|false|maybe|| |0|1|60|65536|-1|1e9|NaN|~|~/x|$X|{}|{}|[]|{'a':1}|https://x|x:1|a\u0000b|" +
  "os.environ/X|${env.X}|${env.X:=1}|${X}"
).split("|");

const names = (layer: "flags" | "env" | "context" | "queue") =>
  SETTING_NAMES.flatMap((name) => SETTINGS[name][layer].map((spelling) => spelling.name));
const value = fc.oneof(fc.constantFrom(...VALUES), fc.string());

function record<T>(keys: readonly string[], values: fc.Arbitrary<T>) {
  const key = fc.constantFrom(...keys, ...HOSTILE);
  return fc.dictionary(key, values, { noNullPrototype: false, maxKeys: 3 });
}

const flags = record(names("flags").map(flagKey), fc.oneof(value, fc.boolean())).map((written) =>
  buildFlagLayer(written, where),
);
const env = record(names("env"), value).map((written) => buildEnvLayer({ env: written, ...where }));
const queue = record(names("queue"), fc.oneof(value, fc.anything())).map((settings) =>
  buildQueueLayer({ settings, place: () => ({ source: "queue" }) }),
);
const context = record(names("context"), fc.oneof(value, fc.jsonValue())).map((proxy) => {
  const user = { name: "u", user: { token: proxy["token"] } };
  const own = { user: "u", "api-url": proxy["api-url"], "litellm-proxy": proxy };
  const file = { contexts: [{ name: "c", context: own }], users: [user] };
  return readContext(JSON.stringify(file));
});

/** null where the file itself is refused, as it must be for a key such as `__proto__`. */
function readContext(text: string): Layer | null {
  try {
    return buildContextLayer(parseContextFile(text, "/f"), "c", { env: {}, home: null });
  } catch (error) {
    if (error instanceof UserError && error.exitCode === 2) return null;
    throw error;
  }
}

const layers = fc
  // freq 1: every second one is left out, or hardly anything would be free of faults.
  .tuple(...[flags, env, context, queue].map((layer) => fc.option(layer, { freq: 1 })))
  .map((found) => [...found.filter((layer) => layer !== null), buildDefaultLayer("/h")]);

const options = fc.record<LoadOptions>({
  command: fc.constantFrom("worker", "run", "proxy"),
  kubiyaWorker: fc.boolean(),
  queue: fc.constant(null),
  verbose: fc.boolean(),
});

describe("any layers", () => {
  it("resolve, or fail with every fault placed and with a remedy", () => {
    let resolved = 0; // The fuzz must reach past the faults.
    fc.assert(
      fc.property(layers, options, (given, chosen) => {
        const error = resolve(given, chosen);
        if (error === null) resolved += 1;
        const faults = (error?.problems ?? []).filter(({ severity }) => severity === "error");
        expect(faults.filter(({ remedy, message }) => !remedy || !message)).toEqual([]);
        expect(error === null || faults.length > 0).toBe(true);
      }),
      { numRuns: 600 },
    );
    expect(resolved).toBeGreaterThan(5);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it("give each setting to the highest layer that has it, in any order", () => {
    fc.assert(
      fc.property(layers, (given) => {
        const merged = mergeLayers(given);
        const reversed = mergeLayers(given.toReversed());
        for (const name of SETTING_NAMES) {
          const { winner, shadowed, faults } = merged.get(name);
          expect(reversed.get(name)).toEqual(merged.get(name));
          if (name === "enabled") continue;
          const having = LAYERS.filter((layer) =>
            given.some((one) => one.name === layer && (one.entries[name] ?? one.deferred[name])),
          );
          const first = faults.length > 0 ? "context" : winner?.layer;
          expect(first).toBe(having[0]);
          expect(shadowed.every(({ layer }) => having.slice(1).includes(layer))).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe("any context file", () => {
  it("is understood or refused with a place", () => {
    const known =
      "contexts:|users:|  - name: c|    context:|    user:|      token: t|      litellm-proxy:|" +
      "        enabled: true|        config-json: {a: 1}|a: &b [*b]";
    const line = fc.oneof(fc.constantFrom(...known.split("|")), fc.string({ unit: "grapheme" }));
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        expect(() => readContext(lines.join("\n"))).not.toThrow();
      }),
      { numRuns: 500 },
    );
  });
});

describe("resolving", () => {
  it("takes less than 5 ms and gives a frozen result", () => {
    const given = [
      buildFlagLayer({ proxyConfigFile: "c.yaml", proxyPort: "4000" }, where),
      buildEnvLayer({ env: { KUBIYA_API_KEY: "k" }, ...where }),
      buildDefaultLayer("/h"),
    ];
    const merged = mergeLayers(given);
    const sources = sourcesOf(given, {
      command: "run",
      kubiyaWorker: false,
      queue: null,
      verbose: false,
    });
    const times = Array.from({ length: 20 }, () => {
      const start = performance.now();
      resolveConfig(mergeLayers(given), sources);
      return performance.now() - start;
    });
    const config = resolveConfig(merged, sources);
    expect(Math.min(...times)).toBeLessThan(5);
    expect([config, config.proxy, config.origins, config.problems].every(Object.isFrozen)).toBe(
      true,
    );
  });
});

function resolve(given: readonly Layer[], chosen: LoadOptions): UserError | null {
  try {
    resolveConfig(mergeLayers(given), sourcesOf(given, chosen));
    return null;
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}

function sourcesOf(given: readonly Layer[], chosen: LoadOptions): Sources {
  return {
    layers: given,
    options: chosen,
    home: { dir: "/h", runtimesDir: "/h/runtimes" },
    context: { name: null, file: "/h/config", exists: false, organization: null },
    queue: "no source",
    skipModelValidation: false,
    nearby: null,
    problems: [],
  };
}
