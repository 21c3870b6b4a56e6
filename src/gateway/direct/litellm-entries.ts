// What LiteLLM must serve for agents that have a provider of their own but no passthrough.
import type { Agent } from "./provider.ts";

export interface LitellmEntry {
  readonly model_name: string;
  readonly litellm_params: Readonly<Record<string, string>>;
}

/** `modelNames`: what `model_list` has already; it wins. Keys stay the references that were written. */
export function buildLitellmEntries(
  agents: readonly Agent[],
  modelNames: ReadonlySet<string>,
): LitellmEntry[] {
  const entries = new Map<string, LitellmEntry>();
  for (const { passthrough, provider, modelName } of agents) {
    if (passthrough || provider?.base == null || modelNames.has(modelName)) continue;
    const { origin, root, version } = provider.base;
    const params: Record<string, string> = {
      model: `openai/${modelName}`,
      api_base: `${origin}${root}/${version ?? "v1"}`,
    };
    // LiteLLM's OpenAI client does not start without any.
    params["api_key"] = provider.writtenKey?.reveal() ?? "none";
    entries.set(modelName, { model_name: modelName, litellm_params: params });
  }
  return [...entries.values()];
}
