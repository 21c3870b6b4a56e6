// Encrypts what lies on disk with the API key it was got with: only who may ask for it can read it.
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import type { Secret } from "../core/secret.ts";

const ALGORITHM = "aes-256-gcm";
const SALT_BYTES = 16;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** `context` must be the same when it is opened. */
export function seal(text: string, key: Secret, context: string): string {
  const salt = randomBytes(SALT_BYTES);
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, deriveKey(key, salt), nonce);
  cipher.setAAD(Buffer.from(context));
  const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  return Buffer.concat([salt, nonce, cipher.getAuthTag(), sealed]).toString("base64");
}

/** null: another key or context, or it was changed. */
export function unseal(sealed: string, key: Secret, context: string): string | null {
  const bytes = Buffer.from(sealed, "base64");
  const parts = [SALT_BYTES, NONCE_BYTES, TAG_BYTES];
  if (bytes.length < SALT_BYTES + NONCE_BYTES + TAG_BYTES) return null;
  let from = 0;
  const [salt, nonce, tag] = parts.map((length) => bytes.subarray(from, (from += length)));
  if (!salt || !nonce || !tag) return null;
  try {
    const decipher = createDecipheriv(ALGORITHM, deriveKey(key, salt), nonce, {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(Buffer.from(context));
    decipher.setAuthTag(tag);
    return Buffer.concat([decipher.update(bytes.subarray(from)), decipher.final()]).toString();
  } catch {
    return null;
  }
}

function deriveKey(key: Secret, salt: Buffer): Buffer {
  return Buffer.from(hkdfSync("sha256", key.reveal(), salt, "sidelite queue settings", 32));
}
