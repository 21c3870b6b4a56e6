// Judges a generation by the models that it lists.
import type { ExpectedModels } from "../core/proxy-spec.ts";

export interface Answer {
  readonly status: number;
  readonly body: string;
}

export type Readiness =
  /** `missing`: configured names that are not listed; LiteLLM drops what it cannot use without a word. */
  | { readonly ready: true; readonly missing: readonly string[] }
  /** It will not get better. */
  | { readonly ready: false; readonly reason: string };

/** null: not yet. */
export function judgeModelList({ status, body }: Answer, models: ExpectedModels): Readiness | null {
  // Without a database LiteLLM answers 400 to a key that is not its master key.
  if (status === 400 || status === 401 || status === 403) {
    return { ready: false, reason: `LiteLLM does not take its own master key (HTTP ${status})` };
  }
  const listed = status === 200 ? parseModelList(body) : null;
  if (listed === null) return null;
  const missing = findMissing(models, listed);
  const expected = models.exact.length + models.wildcard.length;
  if (expected > 0 && missing.length === expected) {
    return { ready: false, reason: "LiteLLM serves none of the configured models" };
  }
  return { ready: true, missing };
}

function parseModelList(body: string): ReadonlySet<string> | null {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value !== "object" || value === null || !("data" in value)) return null;
    if (!Array.isArray(value.data)) return null;
    const entries: readonly unknown[] = value.data;
    return new Set(entries.flatMap(readId));
  } catch {
    return null;
  }
}

function readId(entry: unknown): string[] {
  if (typeof entry !== "object" || entry === null || !("id" in entry)) return [];
  return typeof entry.id === "string" ? [entry.id] : [];
}

function findMissing(models: ExpectedModels, listed: ReadonlySet<string>): string[] {
  return [
    ...models.exact.filter((name) => !listed.has(name)),
    ...models.wildcard.filter((pattern) => !listed.has(pattern) && !hasMatch(pattern, listed)),
  ];
}

function hasMatch(pattern: string, listed: ReadonlySet<string>): boolean {
  const parts = pattern.split("*").map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const expression = new RegExp(`^${parts.join(".*")}$`);
  return [...listed].some((name) => expression.test(name));
}
