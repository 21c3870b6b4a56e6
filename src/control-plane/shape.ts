// The parts a closed schema is made of: each looks at a value and reports what must not be there or is malformed.
import type { YamlPath } from "../core/document.ts";
import { nearest } from "../core/suggest.ts";
import { dangerOf } from "./dangers.ts";
import { isMapping } from "./plain-data.ts";

export interface Findings {
  /** Not allowed in settings of someone else. */
  refuse(path: YamlPath, message: string, remedy?: string): void;
  /** No sense can be made of it. */
  malformed(path: YamlPath, message: string): void;
}

export type Shape = (value: unknown, path: YamlPath, findings: Findings) => void;

/** Longer than any name or address. */
const MAX_TEXT = 2_048;

/** A mapping with these keys and no others, the first `required` of them always. */
export function closed(shapes: Readonly<Record<string, Shape>>, required = 0): Shape {
  const known = Object.keys(shapes);
  return (value, path, findings) => {
    if (!isMapping(value)) return findings.malformed(path, "is not an object");
    for (const key of known.slice(0, required)) {
      if (value[key] === undefined) findings.malformed([...path, key], "is missing");
    }
    for (const [key, part] of Object.entries(value)) {
      const at = [...path, key];
      const shape = Object.hasOwn(shapes, key) ? shapes[key] : undefined;
      if (shape) shape(part, at, findings);
      else {
        const near = nearest(key, known);
        findings.refuse(
          at,
          dangerOf(key),
          near.length > 0 ? `did you mean ${near.join(" or ")}?` : undefined,
        );
      }
    }
  };
}

/** A mapping of names to values of one shape. */
export function named(shape: Shape, max: number): Shape {
  return (value, path, findings) => {
    if (!isMapping(value)) return findings.malformed(path, "is not an object");
    const entries = Object.entries(value);
    if (entries.length > max) return findings.malformed(path, `has more than ${max} entries`);
    for (const [key, part] of entries) {
      text()(key, [...path, key], findings);
      shape(part, [...path, key], findings);
    }
  };
}

export function list(shape: Shape, max: number): Shape {
  return (value, path, findings) => {
    if (!Array.isArray(value)) return findings.malformed(path, "is not a list");
    if (value.length > max) return findings.malformed(path, `has more than ${max} items`);
    value.forEach((item: unknown, index) => shape(item, [...path, index], findings));
  };
}

/** Plain text without any reference: what stands in a variable of this machine is not the sender's to use. */
export function text(pattern?: RegExp, what = "text of the expected form"): Shape {
  return (value, path, findings) => {
    if (typeof value !== "string") return findings.malformed(path, "is not text");
    if (value.length > MAX_TEXT)
      return findings.malformed(path, `is longer than ${MAX_TEXT} characters`);
    // eslint-disable-next-line no-control-regex
    if (/[\u0000-\u001f\u007f-\u009f\u2028\u2029]|\p{Surrogate}/u.test(value)) {
      return findings.malformed(path, "contains an invisible character");
    }
    if (isReference(value)) {
      return findings.refuse(path, "would read a variable or a file of this machine here");
    }
    if (pattern && !pattern.test(value)) findings.malformed(path, `is not ${what}`);
  };
}

export function number(max: number, min = 0): Shape {
  return (value, path, findings) => {
    const isRight = typeof value === "number" && value >= min && value <= max;
    if (!isRight) findings.malformed(path, `is not a number from ${min} to ${max}`);
  };
}

export const boolean: Shape = (value, path, findings) => {
  if (typeof value !== "boolean") findings.malformed(path, "is not true or false");
};

/** A null is a key without a value, as a form leaves it. */
export function optional(shape: Shape): Shape {
  return (value, path, findings) => {
    if (value !== null) shape(value, path, findings);
  };
}

/** Anywhere in it: parts of LiteLLM also look inside longer texts. */
export function isReference(value: string): boolean {
  return /os\.environ|\$\{\s*(?:env|os|environ)\b|^\s*env:|^\s*oidc\//i.test(value);
}
