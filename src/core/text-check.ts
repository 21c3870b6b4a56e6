// Refuses text that no configuration reader agrees on: control characters, lone surrogates, too many bytes.
import type { Locate, ParseLimits } from "./document.ts";
import { createLocate, DEFAULT_LIMITS } from "./document.ts";
import type { Problem } from "./errors.ts";
import { problem, UserError } from "./errors.ts";

export interface CheckedText {
  /** Without byte order mark. */
  readonly text: string;
  readonly locate: Locate;
  readonly maxDepth: number;
}

// PyYAML stops on most of these; U+0085, U+2028 and U+2029 it silently takes for line ends.
const FORBIDDEN =
  // eslint-disable-next-line no-control-regex
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]|\p{Surrogate}/gu;
const MAX_REPORTED = 5;

/** Throws UserError("usage") naming size, or line and column of each such character. */
export function checkText(raw: string, source: string, limits: ParseLimits = {}): CheckedText {
  const { maxBytes, maxDepth } = { ...DEFAULT_LIMITS, ...limits };
  const bytes = Buffer.byteLength(raw);
  if (bytes > maxBytes) {
    throw new UserError(
      "usage",
      problem(`is ${bytes} bytes long; the limit is ${maxBytes}`, {
        place: { source },
        remedy: "split it with `include:` or remove what is not configuration",
      }),
    );
  }
  const text = raw.startsWith("\ufeff") ? raw.slice(1) : raw;
  const locate = createLocate(text, source);
  const problems: Problem[] = [];
  for (const match of text.matchAll(FORBIDDEN)) {
    if (problems.length === MAX_REPORTED) break;
    problems.push(forbidden(match[0], locate(match.index)));
  }
  if (problems.length > 0) throw new UserError("usage", problems);
  return { text, locate, maxDepth };
}

function forbidden(character: string, place: ReturnType<Locate>): Problem {
  const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
  const remedy =
    code === "0000"
      ? "save the file as UTF-8 text; a NUL often means UTF-16 or a binary file"
      : `remove it, or write it as "\\u${code.toLowerCase()}" in double quotes`;
  return problem(`contains the invisible character U+${code}`, { place, remedy });
}
