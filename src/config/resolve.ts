// Turns merged layers into the one frozen Config, or reports every fault at once. Pure.
import type { Problem } from "../core/errors.ts";
import { BugError, UserError } from "../core/errors.ts";
import type { Config, SettingOrigin } from "./config.ts";
import type { Merged } from "./layer.ts";
import { NOTES } from "./notes.ts";
import { CHECKS, isProxyWanted, requireKey } from "./checks.ts";
import { trustOf } from "./queue-layer.ts";
import type { SettingName, SettingValues } from "./setting.ts";
import { SETTINGS } from "./settings.ts";
import type { Sources } from "./sources.ts";

/** Throws UserError: usage for any fault of a setting, credentials when only a key is missing. */
export function resolveConfig(merged: Merged, sources: Sources): Config {
  const problems = [
    ...sources.problems,
    ...merged.problems,
    ...CHECKS.flatMap((check) => check(merged, sources)),
  ];
  const missingKey = requireKey(merged, sources);
  const isFaulty = problems.some(isError);
  if (isFaulty || missingKey.length > 0) {
    const all = [...problems, ...missingKey];
    const ordered = [...all.filter(isError), ...all.filter((found) => !isError(found))];
    throw new UserError(isFaulty ? "usage" : "credentials", ordered);
  }
  const { name, file, exists, organization } = sources.context;
  return Object.freeze({
    context: Object.freeze({ name, file, exists }),
    home: Object.freeze(sources.home),
    controlPlane: Object.freeze({
      url: required(merged, "controlPlaneUrl"),
      apiKey: optional(merged, "apiKey"),
      organization,
    }),
    proxy: Object.freeze({
      enabled: isProxyWanted(merged, sources),
      litellm: optional(merged, "litellm"),
      model: optional(merged, "model"),
      skipModelValidation: sources.skipModelValidation,
      readinessSeconds: required(merged, "readinessSeconds"),
      maxRestarts: required(merged, "maxRestarts"),
      port: optional(merged, "port"),
      queueTrust: Object.freeze(trustOf(merged)),
    }),
    origins: Object.freeze(originsOf(merged)),
    problems: Object.freeze([...problems, ...NOTES.flatMap((note) => note(merged, sources))]),
  });
}

function isError({ severity }: Problem): boolean {
  return severity === "error";
}

function optional<Name extends SettingName>(
  merged: Merged,
  name: Name,
): SettingValues[Name] | null {
  return merged.get(name).winner?.value ?? null;
}

function required<Name extends SettingName>(merged: Merged, name: Name): SettingValues[Name] {
  // A fault may stand in the way of a setting that this command does not use.
  const value: SettingValues[Name] | null = optional(merged, name) ?? SETTINGS[name].fallback;
  if (value === null) throw new BugError(`the setting ${name} has no default`);
  return value;
}

function originsOf(merged: Merged): Record<SettingName, SettingOrigin> {
  const at = (name: SettingName): SettingOrigin => {
    const { winner, shadowed } = merged.get(name);
    const { layer, place } = winner ?? { layer: "default", place: { source: "default" } };
    return Object.freeze({ layer, place, shadowed });
  };
  return {
    enabled: at("enabled"),
    litellm: at("litellm"),
    model: at("model"),
    readinessSeconds: at("readinessSeconds"),
    maxRestarts: at("maxRestarts"),
    port: at("port"),
    controlPlaneUrl: at("controlPlaneUrl"),
    apiKey: at("apiKey"),
    context: at("context"),
    contextFile: at("contextFile"),
    trustQueue: at("trustQueue"),
    trustHosts: at("trustHosts"),
  };
}
