// Says in words which way a model goes, and why (`sidelite route explain`).
import { joinPath } from "./base-url.ts";
import type { Decision, RouteTable } from "./route-table.ts";

export interface RouteExplanation {
  readonly model: string;
  readonly to: Decision["to"];
  /** Provider's name, or null. */
  readonly provider: string | null;
  /** What the upstream is sent as model; null: nothing is sent. */
  readonly sentModel: string | null;
  /** Where a chat request lands; null: LiteLLM, refused, or each request names its own. */
  readonly url: string | null;
  readonly why: string;
}

/** `hasLitellm` false: LiteLLM has no model at all, so nothing is sent there. */
export function explainRoute(
  table: RouteTable,
  model: string,
  hasLitellm = true,
): RouteExplanation {
  const decision = table.lookup(model);
  if (decision.to === "litellm" && !hasLitellm) {
    const why = `${decision.rule === "managed-subagent" ? reasonOf(decision) : "no provider serves it"}, and there is no model_list: 404`;
    return { model, to: "refused", provider: null, sentModel: null, url: null, why };
  }
  const base = decision.to === "provider" ? decision.provider.base : null;
  return {
    model,
    to: decision.to,
    provider: decision.to === "provider" ? decision.provider.name : null,
    sentModel: decision.to === "refused" ? null : decision.model,
    // Default parameters may be a credential.
    url: base && base.origin + joinPath({ ...base, parameters: [] }, "/v1/chat/completions"),
    why: reasonOf(decision),
  };
}

function reasonOf(decision: Decision): string {
  if (decision.to === "refused") return `${decision.message}: 403`;
  const { owner, model } = decision;
  const reasons = {
    agent: `it is the model of the agent ${owner}, which has passthrough: true`,
    "provider-prefix": `${owner} is a provider, and ${model} its model`,
    discovered: `the provider ${owner} lists it`,
    "model-list": "model_list has this model_name",
    "managed-subagent": `no agent ${owner} with this model has passthrough: true`,
    rest: "nothing else names it: LiteLLM's wildcards, or its error",
  } as const satisfies Record<typeof decision.rule, string>;
  return reasons[decision.rule];
}
