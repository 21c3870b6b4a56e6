// Words for what is wrong with a YAML text.
import type { Locate } from "./document.ts";
import type { Problem } from "./errors.ts";
import { problem, UserError } from "./errors.ts";
import type { Place } from "./place.ts";
import type { PlainScalar } from "./yaml-scalar.ts";

const REMEDIES: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: "indent with spaces",
  BAD_INDENT: "line the keys of one mapping up under each other",
  BLOCK_AS_IMPLICIT_KEY:
    "look for a line below that is indented by too much, or a missing line feed, or quote a value that contains `: `",
  MULTILINE_IMPLICIT_KEY: "look for a missing `:` after the key or a missing quote",
  MISSING_CHAR:
    "look for a quote or bracket that is never closed, or a line indented by too little",
  BAD_SCALAR_START: "quote the value",
  BAD_ALIAS: "quote the value if no alias is meant",
  KEY_OVER_1024_CHARS: "shorten the key",
};

/** Without what the parser quotes from the text, which may be a secret. */
export function describeSyntax(code: string, message: string, place: Place): Problem {
  const isQuoting = /^(?:UNEXPECTED_TOKEN|TAG_RESOLVE_FAILED|BAD_DIRECTIVE|BAD_DQ_ESCAPE)$/;
  if (message.startsWith("Sequence item without")) {
    const what = "the line is neither an item of the list above nor a key of its last item";
    const remedy = "indent it like that item's other keys, or begin it with `- `";
    return problem(`is not valid YAML: ${what}`, { place, remedy });
  }
  const plain = isQuoting.test(code) ? message.replace(/(?:: | \\).*$/s, "") : message;
  const remedy = REMEDIES[code] ?? "check indentation, quotes and brackets around this line";
  return problem(`is not valid YAML: ${plain}`, { place, remedy });
}

/** A line that ends in `xcontexts:` was appended to a file without a final line feed (design 3.3). */
export function describeGluedLine(
  text: string,
  keys: readonly string[],
  locate: Locate,
): Problem | null {
  for (const key of keys) {
    const match = new RegExp(`\\S(${key}):[ \\t]*$`, "m").exec(text);
    if (!match || /^[-{[,"'\s]$/.test(match[0].slice(0, 1))) continue;
    return problem(`\`${key}:\` is glued to the end of the line before it`, {
      place: locate(match.index + 1),
      remedy: `put \`${key}:\` on a line of its own`,
    });
  }
  return null;
}

const SURPRISES: Readonly<Record<NonNullable<PlainScalar["surprise"]>, string>> = {
  octal: "an octal number",
  sexagesimal: "a number to the base 60",
  exponent: "a number with an exponent",
};

export function describeSurprise(
  surprise: NonNullable<PlainScalar["surprise"]>,
  place: Place,
): Problem {
  const message = `the value is read as ${SURPRISES[surprise]}`;
  const remedy = "quote it if text is meant, or write the number plainly";
  return { severity: "warning", message, place, remedy };
}

export function tooDeep(maxDepth: number, place: Place): UserError {
  const remedy = "look for brackets that are never closed";
  return new UserError(
    "usage",
    problem(`is nested deeper than ${maxDepth} levels`, { place, remedy }),
  );
}
