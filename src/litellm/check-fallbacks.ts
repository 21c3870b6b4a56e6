// Checks of fallbacks and aliases: every target is a model that is served, and none leads back to itself.
import type { YamlPath } from "../core/document.ts";
import type { Finding } from "./findings.ts";
import type { Models } from "./models.ts";
import { listModels, matchModel, nearModels } from "./models.ts";
import type { Checked } from "./rule.ts";
import type { RuleName } from "./rule-names.ts";
import { entriesOf, getAt, getOwn, itemsOf } from "./tree.ts";

const SECTIONS = ["litellm_settings", "router_settings"];
const LISTS = ["fallbacks", "context_window_fallbacks", "content_policy_fallbacks"];

interface Target {
  readonly from: string | null;
  readonly to: string;
  readonly path: YamlPath;
}

export function fallbackShapes({ resolved }: Checked): Finding[] {
  return fallbackEntries(resolved).flatMap(({ entry, path }): Finding[] => {
    const count = entriesOf(entry).length;
    if (count === 1) return [];
    const remedy = "write one entry a model: - {model: [other]}";
    return [
      { path, message: `must have exactly one key, not ${count}`, remedy, rule: "fallback-shape" },
    ];
  });
}

export function fallbackTargets({ resolved }: Checked): Finding[] {
  const models = listModels(resolved);
  return listTargets(resolved).flatMap(({ from, to, path }): Finding[] => {
    const rule = "fallback-target";
    if (from === to) return [{ path, message: "falls back to itself", remedy: "remove it", rule }];
    return isServed(to, models) ? [] : [notServed(to, path, models, rule)];
  });
}

/** LiteLLM ends such a circle after `max_fallbacks`; it may be meant. */
export function fallbackCircles({ resolved }: Checked): Finding[] {
  const targets = listTargets(resolved).filter(({ from }) => from !== null);
  return targets.flatMap(({ from, to, path }, index): Finding[] => {
    const back = targets.slice(0, index).some((other) => other.from === to && other.to === from);
    if (!back || from === to) return [];
    const message = "falls back to a model that falls back to this one";
    const remedy = "remove one of the two unless it is meant";
    return [{ path, message, remedy, severity: "notice", rule: "fallback-circle" }];
  });
}

export function aliasTargets({ resolved }: Checked): Finding[] {
  const path = ["router_settings", "model_group_alias"];
  const models = listModels(resolved);
  const written = new Map(
    entriesOf(getAt(resolved, path)).map(([alias, to]) => [alias, aliasTarget(to)]),
  );
  return [...written].flatMap(([alias, to]): Finding[] => {
    if (to === null) return [];
    const at = [...path, alias];
    const remedy = "let it stand for a model_name";
    if (leadsBack(alias, written))
      return [{ path: at, message: "stands for itself in the end", remedy, rule: "alias-target" }];
    const isKnown = isServed(to, models) || models.ids.includes(to);
    return isKnown ? [] : [notServed(to, at, models, "alias-target")];
  });
}

function leadsBack(alias: string, targets: ReadonlyMap<string, string | null>): boolean {
  const seen = new Set<string>();
  for (let name = targets.get(alias); name; name = targets.get(name)) {
    if (name === alias) return true;
    if (seen.has(name)) return false;
    seen.add(name);
  }
  return false;
}

function listTargets(value: unknown): Target[] {
  const targets = fallbackEntries(value).flatMap(({ entry, path }) =>
    entriesOf(entry).flatMap(([from, list]) => readTargets(from, list, [...path, from])),
  );
  const defaults = SECTIONS.flatMap((section) => {
    const path = [section, "default_fallbacks"];
    return readTargets(null, getAt(value, path), path);
  });
  return [...targets, ...defaults];
}

function readTargets(from: string | null, list: unknown, path: YamlPath): Target[] {
  return itemsOf(list).flatMap((item, index) => {
    const to = aliasTarget(item);
    return to === null ? [] : [{ from, to, path: [...path, index] }];
  });
}

function fallbackEntries(value: unknown): { entry: unknown; path: YamlPath }[] {
  return SECTIONS.flatMap((section) =>
    LISTS.flatMap((list) =>
      itemsOf(getAt(value, [section, list])).map((entry, index) => ({
        entry,
        path: [section, list, index],
      })),
    ),
  );
}

/** A name, or a mapping with parameters of its own. */
function aliasTarget(value: unknown): string | null {
  const name = typeof value === "string" ? value : getOwn(value, "model");
  return typeof name === "string" ? name : null;
}

function isServed(name: string, models: Models): boolean {
  return matchModel(name, models) || models.ids.includes(name);
}

function notServed(name: string, path: YamlPath, models: Models, rule: RuleName): Finding {
  const near = nearModels(name, models);
  const remedy = near.length > 0 ? `use one of: ${near.join(", ")}` : "add it to `model_list`";
  const message = `names ${name}, which is no model of this configuration`;
  return { path, message, remedy, rule };
}
