// Recognises secrets written into a configuration by what they look like.

const KEY_SHAPES =
  /^(?:sk-|(?:Bearer|Basic) |AKIA|ASIA|AIza|gh[pousr]_|github_pat_|xox[abprs]-|hf_|glpat-|gsk_|eyJ[\w-]{5,}\.)/;
const USERINFO = /^[a-z][a-z0-9+.-]*:\/\/[^/?#\s@]*@/i;
// What people write where a local server wants any key.
const PLACEHOLDER =
  /^(?:none|null|empty|dummy|fake|test|any(?:thing)?|unused|ignored?|placeholder|not-?(?:needed|used|required)|no-?(?:key|auth)\S*|local|ollama|lm-?studio|vllm|x+|sk-(?:x+|\.+|fake|dummy|test|none|no-?key\S*)|-+|\.+|\*+)$/i;
const MIN_LENGTH = 8;

export function looksLikeSecret(text: string): boolean {
  return (text.length >= MIN_LENGTH && KEY_SHAPES.test(text)) || hasUserinfo(text);
}

/** `redis://user:password@host`. */
export function hasUserinfo(text: string): boolean {
  return USERINFO.test(text);
}

export function isPlaceholder(text: string): boolean {
  return PLACEHOLDER.test(text.trim());
}
