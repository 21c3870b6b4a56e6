// Reads booleans, numbers and names, however they are written: text, or a YAML or JSON scalar.
import type { Reading } from "./spelling.ts";
import { Invalid } from "./spelling.ts";

const BOOLEANS: Readonly<Record<string, boolean>> = {
  true: true,
  "1": true,
  yes: true,
  on: true,
  false: false,
  "0": false,
  no: false,
  off: false,
};
const BOOLEAN_REMEDY = "write true or false (1, yes, on and 0, no, off also count)";
const MAX_SHOWN = 40;
/** A day; also well under the largest delay of a timer. */
const MAX_SECONDS = 86_400;
const MAX_RESTARTS = 1_000_000;
/** Below it LiteLLM cannot boot on a slow machine (design 3.2, queue settings). */
const MIN_QUEUE_SECONDS = 60;

export function parseBoolean(raw: unknown): boolean | Invalid {
  if (typeof raw === "boolean") return raw;
  const text = scalarText(raw)?.trim().toLowerCase();
  if (text !== undefined && Object.hasOwn(BOOLEANS, text)) return BOOLEANS[text] === true;
  return new Invalid(`${show(raw)} is not a boolean`, BOOLEAN_REMEDY);
}

export function parsePort(raw: unknown): number | Invalid {
  return parseNumber(raw, { what: "a port", min: 1, max: 65_535, whole: true });
}

export function parseRestarts(raw: unknown): number | Invalid {
  return parseNumber(raw, { what: "a count", min: 0, max: MAX_RESTARTS, whole: true });
}

/** Seconds; parts of a second are allowed. */
export function parseSeconds(raw: unknown): number | Invalid {
  return parseNumber(raw, { what: "a number of seconds", min: 0.001, max: MAX_SECONDS });
}

export function parseQueueSeconds(raw: unknown, reading: Reading): number | Invalid {
  const seconds = parseSeconds(raw);
  if (seconds instanceof Invalid || seconds >= MIN_QUEUE_SECONDS) return seconds;
  reading.notice(`${seconds} s from the queue settings is raised to ${MIN_QUEUE_SECONDS} s`);
  return MIN_QUEUE_SECONDS;
}

/** A model's or a context's name. */
export function parseName(raw: unknown): string | Invalid {
  if (typeof raw !== "string") return new Invalid(`${show(raw)} is not text`, "put it in quotes");
  const text = raw.trim();
  // eslint-disable-next-line no-control-regex
  if (/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(text)) {
    return new Invalid("it contains an invisible character", "type it again");
  }
  return text;
}

/** How a value is repeated in a message: short, quoted, on one line. */
export function show(raw: unknown): string {
  if (Array.isArray(raw)) return "a list";
  if (typeof raw === "object" && raw !== null) return "a mapping";
  const text = String(raw);
  const short = text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}...` : text;
  return typeof raw === "string" ? JSON.stringify(short) : short;
}

interface Range {
  readonly what: string;
  readonly min: number;
  readonly max: number;
  readonly whole?: true;
}

function parseNumber(raw: unknown, { what, min, max, whole }: Range): number | Invalid {
  const text = typeof raw === "boolean" ? undefined : scalarText(raw)?.trim();
  const isNumber = text !== undefined && (whole ? /^\d+$/ : /^\d+(?:\.\d+)?$/).test(text);
  const value = isNumber ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  const remedy = whole
    ? `write a whole number from ${min} to ${max}`
    : `write a number of more than 0, at most ${max}`;
  const form = whole ? /^[-+]?\d+$/ : /^[-+]?\d+(?:\.\d+)?$/;
  const isOutside = text !== undefined && form.test(text);
  return new Invalid(`${show(raw)} is ${isOutside ? "out of range" : `not ${what}`}`, remedy);
}

function scalarText(raw: unknown): string | undefined {
  if (typeof raw === "string") return raw;
  return typeof raw === "number" || typeof raw === "bigint" ? String(raw) : undefined;
}
