// An environment in which no required variable of a text is unset: for commands that look and do not send.
import type { Environment } from "../core/host.ts";
import { lookUp } from "../core/references.ts";

const REQUIRED = /\$\{env\.([A-Z_][A-Z0-9_]*)\}|os\.environ\/([^\s"'=,}\]]+)|\benv:([A-Za-z_]\w*)/g;
/** Fit for a key and for an address. */
const PLACEHOLDER = "https://placeholder.invalid/v1";

export function withPlaceholders(text: string, env: Environment): Environment {
  const names = [...text.matchAll(REQUIRED)].map(([, ...found]) => found.find(Boolean) ?? "");
  const unset = names.filter((name) => lookUp(env, name) === null);
  return { ...env, ...Object.fromEntries(unset.map((name) => [name, PLACEHOLDER])) };
}
