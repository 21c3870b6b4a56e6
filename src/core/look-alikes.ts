// Recognises text that reads like a reference to a variable but would stay literal.
import { nearest } from "./suggest.ts";

/** Shows no default or other operand: it may be a secret. */
export interface LookAlike {
  readonly text: string;
  /** The right spelling. */
  readonly suggestion: string;
}

const BRACES =
  /^\s*((?:env|environ|os\.environ)\s*[.:/]\s*)?([A-Za-z_][A-Za-z0-9_]*)\s*(?:(:?[-=+?]|:)(.*))?$/is;
const CREDENTIALS = [
  // Capitals only: `$ecret` may be a password.
  /^\$([A-Z_][A-Z0-9_]*)$/,
  /^\$?env[.:/]\s*([A-Za-z_][A-Za-z0-9_]*)$/i,
  /^(?:os\.)?environ[.:/[]["']?\s*([A-Za-z_][A-Za-z0-9_]*)["']?\]?$/i,
];
const MISSPELT = /^([A-Za-z.]{3,12})[:/]([A-Z][A-Z0-9_]*)$/;
const PREFIXES = ["env", "environ", "os.environ"];
const EMBEDDED = /\bos\.environ\/([A-Za-z_][A-Za-z0-9_]*)/g;

/** What stands between `${` and `}`, or after a `${` that nothing closes, and is no reference. */
export function likeBraces(content: string, isClosed: boolean): LookAlike | null {
  const [, prefix, written, operator, operand] = BRACES.exec(content) ?? [];
  if (written === undefined) return null;
  if (!isClosed && prefix === undefined && operator === undefined) return null;
  const shown = operand ? `${content.slice(0, content.length - operand.length)}...` : content;
  const name = `env.${written.toUpperCase()}`;
  // References do not nest, so an unclosed one gets the plain form.
  const hasOperand = isClosed && operator !== undefined && !operator.endsWith("?");
  const rest = operator?.endsWith("+") ? ":+" : ":=";
  return {
    text: `\${${shown}${isClosed ? "}" : ""}`,
    suggestion: hasOperand ? `\${${name}${rest}${operand ? "..." : ""}}` : `\${${name}}`,
  };
}

/** A whole text in a field that holds a credential or an endpoint. */
export function likeCredential(text: string): LookAlike | null {
  for (const pattern of CREDENTIALS) {
    const name = pattern.exec(text.trim())?.[1];
    if (name !== undefined) return { text, suggestion: `os.environ/${name}` };
  }
  const [, prefix = "", name] = MISSPELT.exec(text.trim()) ?? [];
  const isSlip = name !== undefined && nearest(prefix, PREFIXES).length > 0;
  return isSlip ? { text, suggestion: `os.environ/${name}` } : null;
}

/** `os.environ/NAME` inside a longer text, where LiteLLM leaves it as it is. */
export function likeEmbedded(text: string): LookAlike[] {
  if (!text.includes("os.environ/")) return [];
  return [...text.matchAll(EMBEDDED)].map(([found, name]) => ({
    text: found,
    suggestion: `\${env.${name}}`,
  }));
}
