// The model names a configuration serves: exact ones, aliases, wildcards.
import type { ExpectedModels } from "../core/proxy-spec.ts";
import { nearest } from "../core/suggest.ts";
import { entriesOf, getAt, getOwn, itemsOf } from "./tree.ts";

export interface Models extends ExpectedModels {
  readonly aliases: readonly string[];
  /** `model_info.id`: a fallback may name one deployment. */
  readonly ids: readonly string[];
}

/** `value` has every reference replaced by its value. */
export function listModels(value: unknown): Models {
  const deployments = itemsOf(getOwn(value, "model_list"));
  const names = unique(deployments.map((deployment) => getOwn(deployment, "model_name")));
  const groupAliases = entriesOf(getAt(value, ["router_settings", "model_group_alias"]));
  const aliasMap = entriesOf(getAt(value, ["litellm_settings", "model_alias_map"]));
  return {
    exact: names.filter((name) => !name.includes("*")),
    wildcard: names.filter((name) => name.includes("*")),
    aliases: unique([...groupAliases, ...aliasMap].map(([alias]) => alias)),
    ids: unique(deployments.map((deployment) => getAt(deployment, ["model_info", "id"]))),
  };
}

/** Whether LiteLLM would serve a request for this name; case counts. */
export function matchModel(name: string, models: Models): boolean {
  if (models.exact.includes(name) || models.aliases.includes(name)) return true;
  return models.wildcard.some((pattern) => matchesWildcard(name, pattern));
}

/** Names to offer when none matches; all of them when there are few. */
export function nearModels(name: string, models: Models): string[] {
  const known = [...models.exact, ...models.aliases, ...models.wildcard];
  const near = nearest(name, known);
  return near.length > 0 ? near : known.slice(0, 5);
}

function matchesWildcard(name: string, pattern: string): boolean {
  const parts = pattern.split("*").map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`, "s").test(name);
}

function unique(names: readonly unknown[]): string[] {
  return [...new Set(names.filter((name) => typeof name === "string" && name !== ""))].map(String);
}
