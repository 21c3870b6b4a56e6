// What a provider's /models answer says, and what it changes of the list we had (passthrough 7, discovery).
import { isMapping } from "../../core/converted.ts";

const MAX_MODELS = 10_000;
const MAX_NAME = 256;

export interface ModelChange {
  readonly models: readonly string[];
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly kept: readonly string[];
}

/** OpenAI's `{data: [{id}]}`, Ollama's `{models: [{name}]}` or a plain list; null: none of these. */
export function parseModelList(text: string): string[] | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const list = Array.isArray(value) ? value : (read(value, "data") ?? read(value, "models"));
  if (!Array.isArray(list) || list.length > MAX_MODELS) return null;
  const names = list.map((item) =>
    typeof item === "string"
      ? item
      : (read(item, "id") ?? read(item, "name") ?? read(item, "model")),
  );
  return names.every(isName) ? [...new Set(names)].toSorted() : null;
}

/** null: an empty answer, which never replaces a list unless `allowEmpty`. */
export function changeModels(
  before: readonly string[],
  fetched: readonly string[],
  allowEmpty: boolean,
): ModelChange | null {
  if (fetched.length === 0 && before.length > 0 && !allowEmpty) return null;
  const [old, now] = [new Set(before), new Set(fetched)];
  return {
    models: fetched,
    added: fetched.filter((model) => !old.has(model)),
    removed: before.filter((model) => !now.has(model)),
    kept: fetched.filter((model) => old.has(model)),
  };
}

function read(value: unknown, key: string): unknown {
  return isMapping(value) && Object.hasOwn(value, key) ? (value[key] ?? null) : null;
}

function isName(name: unknown): name is string {
  return (
    typeof name === "string" && name.length > 0 && name.length <= MAX_NAME && !/\p{Cc}/u.test(name)
  );
}
