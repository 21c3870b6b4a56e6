// Where in a configuration LiteLLM 1.106.2 resolves references to variables, and where it does not.
import type { YamlPath } from "../core/document.ts";

// Resolved by LiteLLM when it is used, not when the configuration is read.
const POINTERS = new Set([
  "anthropic_issuer_signing_key_ref",
  "anthropic_keycloak_client_secret_ref",
]);

/** The field itself names a secret; LiteLLM looks it up later, or it names no variable (`oidc/...`). */
export function isLeftToLitellm(field: string, name: string): boolean {
  return POINTERS.has(field) || name.includes("/");
}

/** Slack addresses, which are secrets whatever their keys are called. */
export function isWebhookPath(path: YamlPath): boolean {
  return path[0] === "general_settings" && path[1] === "alert_to_webhook_url";
}

/** The nearest name: an item of a list is called by the list's. */
export function fieldOf(path: YamlPath): string {
  return path.findLast((part) => typeof part === "string") ?? "";
}

/** LiteLLM 1.106.2 (`_check_for_os_environ_vars`) looks at values of mappings, not at texts in lists. */
export function isResolvedByLitellm(path: YamlPath): boolean {
  if (isWebhookPath(path)) return true;
  const isInNestedList = path.some(
    (part, index) => typeof part === "number" && typeof path[index + 1] === "number",
  );
  return typeof path.at(-1) === "string" && !isInNestedList;
}

/** Headers of a pass-through endpoint may hold a reference at their end: `Bearer os.environ/KEY`. */
export function isPassThroughHeader(path: YamlPath): boolean {
  return path[1] === "pass_through_endpoints" && path.includes("headers");
}

/** The same in a form that may stand inside a text. */
export function asBraces(text: string): string {
  const start = text.indexOf("os.environ/");
  if (start <= 0) return text;
  return `${text.slice(0, start)}\${env.${text.slice(start + "os.environ/".length)}}`;
}
