// What only shows when agents and providers are seen together: parents, keys, providers without a URL.
import { nearest } from "../../core/suggest.ts";
import type { Fields } from "./fields.ts";
import type { ParsedProviders } from "./parse-providers.ts";
import type { Agent } from "./provider.ts";
import { renderScopedRoutes } from "./scoped-route.ts";

export function checkParent(agent: Agent, fields: Fields, names: ReadonlySet<string>): void {
  if (agent.parent === null) return;
  if (agent.parent === agent.name) fields.fail("parent", "is the agent itself");
  else if (!names.has(agent.parent)) {
    const near = nearest(agent.parent, names);
    const remedy =
      near.length > 0 ? `did you mean ${near.join(" or ")}?` : "define it under sidelite.agents";
    fields.fail("parent", `there is no agent ${agent.parent}`, remedy);
  }
}

/** `owners`: who has each key so far. */
export function checkKey(agent: Agent, fields: Fields, owners: Map<string, string>): void {
  const { name, modelName: model, parent, passthrough } = agent;
  if (!passthrough || model === "") return;
  for (const key of parent === null ? [model] : renderScopedRoutes({ model, agent: name })) {
    const owner = owners.get(key);
    if (owner === undefined) owners.set(key, name);
    else {
      const remedy = "give one of them another model_name, or make it a subagent (parent: ...)";
      fields.fail("model_name", `the agents ${owner} and ${name} have the same key ${key}`, remedy);
    }
  }
}

/** A provider without base_url is of use only to agents that have their own; `used`: named by an agent. */
export function checkBases(known: ParsedProviders, used: ReadonlySet<string>): void {
  for (const [name, fields] of known.withoutUrl) {
    if (!used.has(name)) fields.fail("base_url", "is missing", "set it to https://host/v1");
  }
}
