// Reads the API key, which must survive as the value of an HTTP header.
import { Secret } from "../core/secret.ts";
import { Invalid } from "./spelling.ts";

export function parseApiKey(raw: unknown): Secret | Invalid {
  if (typeof raw !== "string") return new Invalid("the key is not text", "put it in quotes");
  const text = raw.trim();
  if (!/^[\x21-\x7e]+$/.test(text)) {
    return new Invalid("the key contains a character that no key has", "copy it again");
  }
  return new Secret(text);
}
