// Writes plain data as YAML that readers of YAML 1.1 (PyYAML) and 1.2 understand alike.
import { resolvePlain } from "./yaml-scalar.ts";

// Words, paths and addresses only: everything else is quoted.
const PLAIN = /^[A-Za-z_/][\w/.+:@-]*(?: [\w/.+()-]+)*$/;
// What PyYAML refuses to read or takes for a line end.
const ESCAPED = /[\u007f-\u00a0\u2028\u2029\ufeff\ufffe\uffff]/g;
// Both readers want a key of more than 1024 characters announced by a question mark.
const LONG_KEY = 1000;

/**
 * Takes what JSON can hold, and infinite numbers; `undefined` members are left out. Mappings keep
 * their order, strings keep every character.
 */
export function renderYaml(value: unknown): string {
  return `${renderBlock(value, 0).slice(1)}\n`;
}

/** What follows a key's colon or a list's dash: a scalar after a space, or a block after a line feed. */
function renderBlock(value: unknown, indent: number): string {
  const margin = `\n${" ".repeat(indent)}`;
  if (Array.isArray(value)) {
    if (value.length === 0) return " []";
    return value.map((item) => `${margin}-${renderItem(item, indent + 2)}`).join("");
  }
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    if (entries.length === 0) return " {}";
    return entries
      .map(([key, item]) => `${margin}${renderKey(key, margin)}:${renderBlock(item, indent + 2)}`)
      .join("");
  }
  return ` ${renderScalar(value)}`;
}

/** A block in a list begins on the dash's line. */
function renderItem(value: unknown, indent: number): string {
  const block = renderBlock(value, indent);
  return block.startsWith("\n") ? ` ${block.slice(1 + indent)}` : block;
}

function renderScalar(value: unknown): string {
  if (typeof value === "string") return renderText(value);
  if (typeof value === "number") return renderNumber(value);
  if (typeof value === "boolean" || value === null) return String(value);
  throw new TypeError(`a ${typeof value} cannot be written as YAML`);
}

function renderKey(key: string, margin: string): string {
  const text = renderText(key);
  return text.length > LONG_KEY ? `? ${text}${margin}` : text;
}

function renderNumber(value: number): string {
  if (Number.isNaN(value)) return ".nan";
  if (!Number.isFinite(value)) return value < 0 ? "-.inf" : ".inf";
  if (Number.isInteger(value) && !Number.isSafeInteger(value) && Math.abs(value) < 1e21) {
    return `${value}.0`;
  }
  // YAML 1.1 takes `1e+21` for text: it wants a point.
  return String(value).replace(/^(-?\d+)e/, "$1.0e");
}

function renderText(text: string): string {
  const isPlain = PLAIN.test(text) && !/:(?: |$)/.test(text) && resolvePlain(text).value === text;
  if (isPlain) return text;
  // JSON's quoting is YAML's too, as long as no character outside the BMP is escaped.
  return JSON.stringify(text).replace(ESCAPED, (character) => {
    const code = character.charCodeAt(0).toString(16).padStart(4, "0");
    return `\\u${code}`;
  });
}
