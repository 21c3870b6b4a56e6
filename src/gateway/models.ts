// The model list in OpenAI's shape, as LiteLLM gives it, made from the configured names.

/** LiteLLM's own constant for models without a date of their own. */
const CREATED = 1677610602;

export function renderModels(names: readonly string[]): string {
  const data = names.map((id) => ({ id, object: "model", created: CREATED, owned_by: "openai" }));
  return JSON.stringify({ data, object: "list" });
}
