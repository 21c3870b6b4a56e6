// What a setting's name tells about its value: a secret, an endpoint, a path, free text.
import { words } from "./words.ts";

const SECRET = words(`key apikey secret secrets token password passwd passphrase credential
  credentials authorization cookie bearer webhook`);
// `litellm_key_header_name`, `custom_key_generate`, `token_url`, `cost_per_token` hold no secret.
const HARMLESS =
  words(`name names field header headers pattern url uri endpoint path file dir directory
  type mode format system settings length limit limits ttl ref region provider map index prefix count
  cost budget policy generate update manager management alias params version ids lookup expiry duration
  cache max min allowed default env eos bos stop pad`);
const ENDPOINT = words(`base url uri endpoint host hostname port server address proxy region
  project location organization org tenant account version deployment database db username user
  profile role`);
const FREE_TEXT = words(`prompt prompts content message messages description template text response
  regex pattern instructions`);

/** `aws_secret_access_key`, `X-Api-Key` and `apiKey` in lower-case words. */
function split(name: string): string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "");
}

export function isSecretName(name: string): boolean {
  const parts = split(name);
  if (parts.includes("webhook") || name === "auth_value") return true;
  return parts.some((part) => SECRET.has(part)) && !parts.some((part) => HARMLESS.has(part));
}

/** A credential or an endpoint: here `env:NAME` and `$NAME` mean a variable. */
export function isConnectionName(name: string): boolean {
  return isSecretName(name) || split(name).some((part) => ENDPOINT.has(part) || SECRET.has(part));
}

export function isFreeTextName(name: string): boolean {
  return split(name).some((part) => FREE_TEXT.has(part));
}
