// What must hold for the settings together. Adding a check is adding a function to CHECKS.
import type { Problem } from "../core/errors.ts";
import { problem } from "../core/errors.ts";
import type { Merged } from "./layer.ts";
import { listPlaces } from "./setting-names.ts";
import type { SettingName } from "./setting.ts";
import type { Sources } from "./sources.ts";

export type Rule = (merged: Merged, sources: Sources) => readonly Problem[];

/** The check of the key is apart because it has its own exit code. */
export const CHECKS: readonly Rule[] = [refuseContradiction, requireConfig, requireReferences];

export function isProxyWanted(merged: Merged, { options }: Sources): boolean {
  return options.command !== "worker" || merged.get("enabled").winner?.value === true;
}

/** The Kubiya worker needs a key for itself, whatever was decided about the proxy. */
export function requireKey(merged: Merged, sources: Sources): readonly Problem[] {
  const key = merged.get("apiKey");
  if (!sources.options.kubiyaWorker || key.winner || merged.broken.has("apiKey")) return [];
  if (isContextUnread(sources)) return [];
  if (key.faults.length > 0) return key.faults;
  const remedy = `set KUBIYA_API_KEY, or give the context a user with a token`;
  return [problem("there is no API key for the control plane", { remedy })];
}

/** `run` and `proxy start` imply enabled; only the flag can contradict them. */
function refuseContradiction(merged: Merged, { options }: Sources): readonly Problem[] {
  const enabled = merged.get("enabled").winner;
  if (options.command === "worker" || enabled?.layer !== "flags" || enabled.value) return [];
  const remedy = "leave the flag out; without the proxy the command needs no sidelite";
  const message = `\`sidelite ${nameOf(options.command)}\` always has the local proxy`;
  return [problem(message, { place: enabled.place, remedy })];
}

function requireConfig(merged: Merged, sources: Sources): readonly Problem[] {
  const { options, nearby, context } = sources;
  const { winner, faults } = merged.get("litellm");
  const enabled = merged.get("enabled").winner;
  if (!isProxyWanted(merged, sources) || winner || faults.length > 0) return [];
  if (merged.broken.has("litellm") || merged.broken.has("enabled")) return [];
  if (isContextUnread(sources)) return [];
  const layers = options.command === "worker" ? (["queue"] as const) : [];
  const places = listPlaces("litellm", ["flags", "env", "context", ...layers]);
  const where = context.exists ? context.file : `${context.file} (which does not exist)`;
  const remedy = `give one by ${places} (the context file is ${where})`;
  const isImplied = options.command !== "worker";
  const message = isImplied
    ? "there is no LiteLLM config"
    : "the local proxy is enabled, but there is no LiteLLM config";
  return [
    problem(message, {
      ...(enabled && !isImplied && { place: enabled.place }),
      remedy:
        nearby === null
          ? `${remedy}; \`sidelite init\` writes one`
          : `add --proxy-config-file ./${nearby}; or ${remedy}`,
    }),
  ];
}

/** What is missing may stand in the context that could not be read. */
function isContextUnread({ problems }: Sources): boolean {
  return problems.some(({ severity }) => severity === "error");
}

/** References that the winning values need. */
function requireReferences(merged: Merged, sources: Sources): readonly Problem[] {
  const always: readonly SettingName[] = ["controlPlaneUrl", "context", "enabled"];
  const proxyOnly: readonly SettingName[] = [
    "litellm",
    "model",
    "readinessSeconds",
    "maxRestarts",
    "port",
  ];
  const needed = isProxyWanted(merged, sources) ? [...always, ...proxyOnly] : always;
  const optional = sources.options.kubiyaWorker ? [] : merged.get("apiKey").faults;
  return [
    ...needed.flatMap((name) => merged.get(name).faults),
    ...optional.map((fault): Problem => ({ ...fault, severity: "warning" })),
  ];
}

/** How a command that implies the proxy is typed. */
export function nameOf(command: Sources["options"]["command"]): string {
  return command === "proxy" ? "proxy start" : command;
}
