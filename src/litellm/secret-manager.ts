// Whether LiteLLM looks names up in a secret manager, where they need not be variables.
import { getAt } from "./tree.ts";

export function hasSecretManager(value: unknown): boolean {
  const setting = (key: string) => getAt(value, ["general_settings", key]);
  const system = setting("key_management_system");
  if (typeof system === "string" && system !== "" && system !== "local") return true;
  return setting("use_google_kms") === true || setting("use_azure_key_vault") === true;
}
