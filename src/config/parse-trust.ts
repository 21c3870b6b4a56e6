// Reads how far the user trusts settings that come from the control plane.
import { isHostPattern } from "../core/host-pattern.ts";
import { show } from "./parse-scalar.ts";
import { Invalid } from "./spelling.ts";

/** "full": the queue's LiteLLM config counts as one of the user's own. */
export type TrustQueue = "full";

export function parseTrustQueue(raw: unknown): TrustQueue | Invalid {
  if (typeof raw === "string" && raw.trim() === "full") return "full";
  return new Invalid(`${show(raw)} is no degree of trust`, "write full, or leave it out");
}

/** A list, or names with commas or spaces between them; lower case. */
export function parseTrustHosts(raw: unknown): readonly string[] | Invalid {
  const remedy = "write host names: [llm.example.com, *.models.example.com, localhost:8000]";
  const items = listOf(raw);
  if (!items) return new Invalid(`${show(raw)} is not a list`, remedy);
  const hosts: string[] = [];
  for (const item of items) {
    if (typeof item !== "string" || !isHostPattern(item)) {
      return new Invalid(`${show(item)} is not a host's name`, remedy);
    }
    hosts.push(item.toLowerCase());
  }
  return hosts;
}

function listOf(raw: unknown): readonly unknown[] | null {
  if (Array.isArray(raw)) return raw;
  if (typeof raw !== "string") return null;
  return raw.split(/[\s,]+/).filter((item) => item !== "");
}
