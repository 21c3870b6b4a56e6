// Checks of the documents themselves, before they are one configuration.
import type { LitellmDocument } from "./document.ts";
import type { Finding } from "./findings.ts";
import type { Checked } from "./rule.ts";
import { getOwn } from "./tree.ts";

/** LiteLLM's own reader takes `.yaml` files only. */
export function notJson(documents: readonly LitellmDocument[]): Finding[] {
  const json = documents.find(({ source }) => source.endsWith(".json"));
  if (!json) return [];
  const message = `${json.source} is JSON: LiteLLM gets it as YAML`;
  return [{ path: [], message, severity: "notice", rule: "translated" }];
}

/** Settings from elsewhere name no file of this machine. */
export function noFiles(main: LitellmDocument, trust: Checked["trust"]): Finding[] {
  if (trust === "local" || getOwn(main.value, "include") === undefined) return [];
  const message = "would read files: refused in settings that come from elsewhere";
  return [{ path: ["include"], message, remedy: "write the models out", rule: "remote" }];
}
