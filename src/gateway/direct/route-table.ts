// Which way a model string goes (passthrough 2): agents, then model_list, provider/model, discovered names, LiteLLM.
import type { Problem } from "../../core/errors.ts";
import { renderPath } from "../../core/document.ts";
import type { Agent, DirectConfig, Provider } from "./provider.ts";
import { parseScopedRoute, renderScopedRoutes } from "./scoped-route.ts";

/** `model` is what the upstream is sent; it differs from the request's for scoped and prefixed names. */
export type Decision =
  | {
      readonly to: "provider";
      readonly provider: Provider;
      readonly model: string;
      readonly rule: "agent" | "provider-prefix" | "discovered";
      readonly owner: string;
    }
  | {
      readonly to: "litellm";
      readonly model: string;
      readonly rule: "model-list" | "managed-subagent" | "rest";
      readonly owner: string;
    }
  | {
      readonly to: "refused";
      readonly code: "provider_disabled" | "model_not_allowed" | "model_disabled";
      readonly message: string;
      readonly owner: string;
    };

export interface RouteTableInput {
  readonly config: DirectConfig;
  /** Exact names and aliases of `model_list`. */
  readonly modelNames: ReadonlySet<string>;
  /** What /models of each provider listed last. */
  readonly discovered: ReadonlyMap<string, readonly string[]>;
}

export class RouteTable {
  /** Names that are taken twice, by different kinds of owner; precedence decides, the user is told. */
  readonly notices: readonly Problem[];
  readonly #config: DirectConfig;
  readonly #modelNames: ReadonlySet<string>;
  readonly #agents = new Map<string, Decision>();
  readonly #discovered = new Map<string, Decision>();
  readonly #listed: string[] = [];

  constructor({ config, modelNames, discovered }: RouteTableInput) {
    this.#config = config;
    this.#modelNames = modelNames;
    const notices: Problem[] = [];
    for (const agent of config.agents) if (agent.passthrough) this.#addAgent(agent, notices);
    for (const provider of config.providers.values()) {
      for (const model of new Set([...provider.models, ...(discovered.get(provider.name) ?? [])])) {
        this.#addDiscovered(provider, model, notices);
      }
    }
    this.notices = notices;
  }

  /** Whether any request can go elsewhere than to LiteLLM. */
  get isEmpty(): boolean {
    return this.#agents.size === 0 && this.#config.providers.size === 0;
  }

  /** Names for the model list, besides model_list's own. */
  get models(): readonly string[] {
    return this.#listed;
  }

  lookup(model: string): Decision {
    const agent = this.#agents.get(model);
    if (agent !== undefined) return agent;
    if (this.#modelNames.has(model))
      return { to: "litellm", model, rule: "model-list", owner: model };
    const scoped = parseScopedRoute(model);
    if (scoped !== null) {
      return { to: "litellm", model: scoped.model, rule: "managed-subagent", owner: scoped.agent };
    }
    const slash = model.indexOf("/");
    const provider = slash > 0 ? this.#config.providers.get(model.slice(0, slash)) : undefined;
    if (provider !== undefined && isReachable(provider) && slash + 1 < model.length) {
      return decide(provider, model.slice(slash + 1), "provider-prefix", provider.name);
    }
    return this.#discovered.get(model) ?? { to: "litellm", model, rule: "rest", owner: "" };
  }

  #addAgent(agent: Agent, notices: Problem[]): void {
    const decision = decideAgent(agent);
    if (decision === null) return;
    const { name, modelName: model, parent } = agent;
    const keys = parent === null ? [model] : renderScopedRoutes({ model, agent: name });
    for (const key of keys) this.#agents.set(key, decision);
    if (parent !== null) return;
    if (decision.to === "provider" && !this.#modelNames.has(model)) this.#listed.push(model);
    if (this.#modelNames.has(model)) {
      const message = `the agent ${name} takes the model ${model} away from model_list`;
      const path = renderPath(["sidelite", "agents", name]);
      notices.push({ severity: "notice", message, path });
    }
  }

  #addDiscovered(provider: Provider, model: string, notices: Problem[]): void {
    if (!provider.allowed.matches(model) || !isReachable(provider)) return;
    const before = this.#discovered.get(model);
    const isOff = provider.disabled.matches(model);
    const other = this.#modelNames.has(model)
      ? "model_list"
      : before && `the provider ${before.owner}`;
    if (other === undefined) {
      this.#discovered.set(model, decide(provider, model, "discovered", provider.name));
      if (!isOff && !this.#agents.has(model)) this.#listed.push(model);
      return;
    }
    if (isOff) return;
    this.#listed.push(`${provider.name}/${model}`);
    const message = `${model} of the provider ${provider.name} stays with ${other}`;
    const remedy = `ask for ${provider.name}/${model} to reach it`;
    notices.push({ severity: "notice", message, remedy, path: renderPath(provider.path) });
  }
}

/** An inline provider may leave the URL to the request. */
function isReachable(provider: Provider): boolean {
  return provider.base !== null || provider.requestHosts.length > 0;
}

/** null: its provider is missing, which the loader reported. */
function decideAgent(agent: Agent): Decision | null {
  const { name, modelName, provider } = agent;
  if (agent.isDisabled) {
    const message = `the agent ${name} or its provider is switched off`;
    return { to: "refused", code: "provider_disabled", message, owner: name };
  }
  return provider && decide(provider, modelName, "agent", name);
}

function decide(
  provider: Provider,
  model: string,
  rule: "agent" | "provider-prefix" | "discovered",
  owner: string,
): Decision {
  if (!provider.allowed.matches(model)) {
    const message = `the provider ${provider.name} does not allow the model ${model} (allowed_models)`;
    return { to: "refused", code: "model_not_allowed", message, owner };
  }
  if (provider.disabled.matches(model)) {
    const message = `the model ${model} of the provider ${provider.name} is switched off`;
    return { to: "refused", code: "model_disabled", message, owner };
  }
  return { to: "provider", provider, model, rule, owner };
}
