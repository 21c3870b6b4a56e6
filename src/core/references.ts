// Finds and expands references to environment variables inside a text (design 3.2, passthrough 5).
import type { Environment } from "./host.ts";
import type { LookAlike } from "./look-alikes.ts";
import { likeBraces, likeCredential, likeEmbedded } from "./look-alikes.ts";

/** One reference. `env:NAME` and `os.environ/NAME` are always the whole text. */
interface Reference {
  readonly form: "os.environ" | "env" | "braces";
  readonly name: string;
  /** `:=` uses the operand when the variable is unset or empty, `:+` when it is set; null: required. */
  readonly operator: ":=" | ":+" | null;
  /** Text after the operator, kept whole; "" when there is none. */
  readonly operand: string;
}

export interface ReferenceText {
  /** Literal pieces (escapes undone) and references, in order. */
  readonly parts: readonly (string | Reference)[];
  readonly lookAlikes: readonly LookAlike[];
}

export interface Expansion {
  /** null: a reference that is the whole text gave nothing. Of no use while `missing` has names. */
  readonly value: string | null;
  /** Names whose value stands in `value`, which may therefore be a secret. */
  readonly used: readonly string[];
  /** Required names that are unset or empty. */
  readonly missing: readonly string[];
  readonly lookAlikes: readonly LookAlike[];
}

export interface ReferenceOptions {
  /** The field holds a credential or an endpoint: `env:NAME` counts, and `$NAME` is a look-alike. */
  readonly credential?: boolean;
}

// LiteLLM itself takes any name after the prefix, as a whole text only.
const OS_ENVIRON = /^os\.environ\/([^\s=]+)$/;
const ENV_COLON = /^env:([A-Za-z_][A-Za-z0-9_]*)$/;
const BRACES = /^env\.([A-Z_][A-Z0-9_]*)(?:(:[=+])(.*))?$/s;

/** Splits a text into literals and references; linear in its length, never throws. */
export function parseReferences(text: string, options: ReferenceOptions = {}): ReferenceText {
  const whole = parseWhole(text, options);
  if (whole) return whole;
  const lookAlikes = likeEmbedded(text);
  const parts: (string | Reference)[] = [];
  let literal = "";
  let from = 0;
  let close = text.indexOf("}");
  for (let start = text.indexOf("${"); start !== -1; start = text.indexOf("${", from)) {
    if (close !== -1 && close < start) close = text.indexOf("}", start);
    const open = text.indexOf("${", start + 2);
    const isClosed = close !== -1 && (open === -1 || close < open);
    const end = isClosed ? close : open === -1 ? text.length : startOfInner(text, start, open);
    const content = text.slice(start + 2, end);
    const isEscaped = start > from && text[start - 1] === "$";
    literal += text.slice(from, isEscaped ? start - 1 : start);
    from = isClosed ? end + 1 : end;
    const match = isClosed && !isEscaped ? BRACES.exec(content) : null;
    if (match?.[1] !== undefined) {
      if (literal !== "") parts.push(literal);
      literal = "";
      const operator = match[2] === ":=" || match[2] === ":+" ? match[2] : null;
      parts.push({ form: "braces", name: match[1], operator, operand: match[3] ?? "" });
      continue;
    }
    literal += text.slice(start, from);
    const alike = isEscaped ? null : likeBraces(content, isClosed);
    if (alike) lookAlikes.push(alike);
  }
  literal += text.slice(from);
  if (literal !== "" || parts.length === 0) parts.push(literal);
  return { parts, lookAlikes };
}

/** Replaces every reference by its value. Values are not expanded again. */
export function expandReferences(
  text: string,
  env: Environment,
  options: ReferenceOptions = {},
): Expansion {
  const { parts, lookAlikes } = parseReferences(text, options);
  const used: string[] = [];
  const missing: string[] = [];
  let value = "";
  for (const part of parts) {
    if (typeof part === "string") {
      value += part;
      continue;
    }
    const current = lookUp(env, part.name);
    if (part.operator === ":+") value += current === null ? "" : part.operand;
    else if (current !== null) {
      value += current;
      used.push(part.name);
    } else if (part.operator === ":=") value += part.operand;
    else missing.push(part.name);
  }
  const isWhole = parts.length === 1 && typeof parts[0] !== "string";
  return { value: isWhole && value === "" ? null : value, used, missing, lookAlikes };
}

/** A variable's value; null when it is unset or empty. */
export function lookUp(env: Environment, name: string): string | null {
  const value = Object.hasOwn(env, name) ? env[name] : undefined;
  return value === undefined || value === "" ? null : value;
}

function parseWhole(text: string, { credential }: ReferenceOptions): ReferenceText | null {
  const environ = OS_ENVIRON.exec(text)?.[1];
  if (environ !== undefined) return wholeReference("os.environ", environ);
  if (!credential) return null;
  const colon = ENV_COLON.exec(text)?.[1];
  if (colon !== undefined) return wholeReference("env", colon);
  const alike = likeCredential(text);
  return alike && { parts: [text], lookAlikes: [alike] };
}

/** An inner `${` begins with the dollar that escapes it, if there is one. */
function startOfInner(text: string, start: number, open: number): number {
  return text[open - 1] === "$" && open > start + 2 ? open - 1 : open;
}

function wholeReference(form: Reference["form"], name: string): ReferenceText {
  return { parts: [{ form, name, operator: null, operand: "" }], lookAlikes: [] };
}
