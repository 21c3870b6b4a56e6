// What a plain YAML scalar means: as LiteLLM's own reader (PyYAML, YAML 1.1) takes it, where that is not absurd.

export interface PlainScalar {
  readonly value: string | number | boolean | null;
  /** Set where YAML 1.1 and 1.2 disagree in a way that surprises. */
  readonly surprise?: "octal" | "sexagesimal" | "exponent";
  /** The integer has more digits than a number holds exactly. */
  readonly isTooLarge?: boolean;
}

const WORDS = new Map<string, boolean | null>([["~", null]]);
for (const [word, value] of [
  ["null", null],
  ["true", true],
  ["false", false],
  ["yes", true],
  ["no", false],
  ["on", true],
  ["off", false],
] as const) {
  WORDS.set(word, value);
  WORDS.set(word.toUpperCase(), value);
  WORDS.set(word.slice(0, 1).toUpperCase() + word.slice(1), value);
}

const INTEGER = /^[-+]?(?:0|[1-9][0-9_]*)$/;
const OCTAL = /^[-+]?0[0-7_]+$/;
const RADIX = /^([-+]?)(0x[0-9a-fA-F_]*[0-9a-fA-F][0-9a-fA-F_]*|0b[01_]*[01][01_]*)$/;
const FLOAT = /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*|\.[0-9][0-9_]*)(?:[eE][-+][0-9]+)?$/;
// Numbers to YAML 1.2 alone.
const EXPONENT = /^[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)[eE][-+]?[0-9]+$/;
const SEXAGESIMAL =
  /^[-+]?(?:[1-9][0-9_]*(?::[0-5]?[0-9])+|[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*)$/;
const INFINITY = /^([-+]?)\.(?:inf|Inf|INF)$/;
const NAN = /^\.(?:nan|NaN|NAN)$/;

/** Dates stay text: PyYAML would make an object of them that LiteLLM cannot send on. */
export function resolvePlain(text: string): PlainScalar {
  if (text === "") return { value: null };
  const word = WORDS.get(text);
  if (word !== undefined) return { value: word };
  if (!/^[-+.0-9]/.test(text)) return { value: text };
  const isNegative = text.startsWith("-");
  const digits = text.replaceAll("_", "").replace(/^[-+]/, "");
  const signed = (magnitude: number) => (isNegative && magnitude !== 0 ? -magnitude : magnitude);
  if (INTEGER.test(text)) return integer(signed(Number(digits)));
  if (OCTAL.test(text)) {
    return { ...integer(signed(Number.parseInt(digits, 8))), surprise: "octal" };
  }
  if (RADIX.test(text)) return integer(signed(Number(digits)));
  if (FLOAT.test(text)) return { value: signed(Number(digits)) };
  if (EXPONENT.test(text)) {
    const value = signed(Number(digits));
    return Number.isFinite(value) ? { value, surprise: "exponent" } : { value: text };
  }
  if (SEXAGESIMAL.test(text)) {
    const total = digits.split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
    return { value: signed(total), surprise: "sexagesimal" };
  }
  if (INFINITY.test(text)) return { value: signed(Infinity) };
  return { value: NAN.test(text) ? Number.NaN : text };
}

function integer(value: number): PlainScalar {
  return Number.isSafeInteger(value) ? { value } : { value, isTooLarge: true };
}
