// What no log may show of a prepared configuration.
import { Secret } from "../core/secret.ts";
import { isSecretName } from "./field-names.ts";
import { hasUserinfo, looksLikeSecret } from "./secret-values.ts";

/** `values` are secrets; of `environment` those count that are so by name or looks. */
export function collectSecrets(
  values: readonly string[],
  environment: Readonly<Record<string, string>>,
): Secret[] {
  const variables = Object.entries(environment).filter(isSecretVariable);
  const all = new Set([...values, ...variables.map(([, value]) => value)]);
  return [...all].filter((value) => value !== "").map((value) => new Secret(value));
}

function isSecretVariable([name, value]: [string, string]): boolean {
  if (name.startsWith("SIDELITE_V")) return false;
  return isSecretName(name) || looksLikeSecret(value) || hasUserinfo(value);
}
