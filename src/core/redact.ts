// Hides secrets in whatever leaves for a log or a message: the exact values, and what looks like a token.
import type { Range } from "./secret-finder.ts";
import { createSecretFinder } from "./secret-finder.ts";
import type { Secret } from "./secret.ts";
import { secretForms, toBytes } from "./secret-forms.ts";

export interface RedactingStream {
  /** What may go on now; the start of a possible secret is kept back until more is known. */
  push(chunk: Buffer): Buffer;
  /** The rest, at the stream's end. */
  end(): Buffer;
}

export interface Redactor {
  /** From now on hidden, in streams under way too. Values under 8 bytes are left alone. */
  add(secret: Secret | string): void;
  text(line: string): string;
  /** One for each source: bytes of two sources never make one secret. */
  stream(): RedactingStream;
}

const MASK = "***";
/** Keys by vendor prefix, bearer tokens, JWTs, credentials in URLs; what a group holds stays. None spans a line. */
const TOKENS = new RegExp(
  [
    /(?<![A-Za-z0-9])(sk-)[\w-]{8,}/,
    /([Bb]earer[ \t]+)[\w.~+/=-]{8,}/,
    /(?<![A-Za-z0-9])eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?/,
    /(?<![A-Za-z0-9])AIza[\w-]{30,}/,
    /(?<![A-Za-z0-9])A(?:KIA|SIA)[A-Z0-9]{16}/,
    /(:\/\/)[^\s/?#@"'<>]{1,1024}(?=@)/,
  ]
    .map((pattern) => pattern.source)
    .join("|"),
  "g",
);
const BEARER = /[Bb]earer[ \t]+$/;
/** "Bearer" and the white space that anyone puts behind it. */
const BEARER_LENGTH = 16;
/** A word longer than this is data, not a token: only its end waits. */
const LONGEST_WORD = 65_536;
const LONGEST_TOKEN = 4_096;

export function createRedactor(secrets: Iterable<Secret> = []): Redactor {
  const forms = new Set<string>();
  let finder = createSecretFinder(forms);
  /** Forms with white space in them: their beginning may be more than the unfinished word. */
  let spaced: readonly string[] = [];

  const learn = (secret: Secret | string): void => {
    const value = typeof secret === "string" ? secret : secret.reveal();
    for (const form of secretForms(value)) forms.add(form);
  };
  const prepare = (): void => {
    finder = createSecretFinder(forms);
    spaced = [...forms].filter((form) => /\s/.test(form));
  };
  /** From here on the text may be the start of a secret: the unfinished word, or more. */
  const holdFrom = (text: string, found: readonly Range[]): number => {
    let from = wordStart(text, text.length);
    const before = text.slice(Math.max(0, from - BEARER_LENGTH), from);
    from -= BEARER.exec(before)?.[0].length ?? 0;
    for (const form of spaced) from = Math.min(from, wordStart(text, beginningOf(form, text)));
    // A secret that is already complete must not be cut in two.
    const cut = found.find(({ start, end }) => start < from && end > from);
    return cut?.start ?? from;
  };

  for (const secret of secrets) learn(secret);
  prepare();
  return {
    add: (secret) => {
      const before = forms.size;
      learn(secret);
      if (forms.size > before) prepare();
    },
    text: (line) => {
      const bytes = toBytes(line);
      return Buffer.from(mask(bytes, finder.find(bytes)), "latin1").toString();
    },
    stream: () => {
      let held = "";
      return {
        push: (chunk) => {
          const text = held + chunk.toString("latin1");
          const found = finder.find(text);
          const from = holdFrom(text, found);
          held = text.slice(from);
          const ready = found.filter(({ end }) => end <= from);
          return Buffer.from(mask(text.slice(0, from), ready), "latin1");
        },
        end: () => {
          const rest = mask(held, finder.find(held));
          held = "";
          return Buffer.from(rest, "latin1");
        },
      };
    },
  };
}

/** Where the word begins that ends at or goes on over `end`; in the middle of data that is far too long. */
function wordStart(text: string, end: number): number {
  let at = end;
  while (at > 0 && !isSpace(text.charCodeAt(at - 1))) {
    if (end - at === LONGEST_WORD) return end - LONGEST_TOKEN;
    at -= 1;
  }
  return at;
}

function isSpace(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13);
}

/** Where the text's end is the beginning of `form`; the text's length when it is not. */
function beginningOf(form: string, text: string): number {
  const first = form.charAt(0);
  let at = text.indexOf(first, Math.max(0, text.length - form.length + 1));
  while (at >= 0 && !form.startsWith(text.slice(at))) at = text.indexOf(first, at + 1);
  return at < 0 ? text.length : at;
}

function mask(text: string, secrets: readonly Range[]): string {
  let masked = "";
  let at = 0;
  for (const { start, end } of secrets) {
    masked += text.slice(at, start) + MASK;
    at = end;
  }
  masked += text.slice(at);
  return masked.replace(TOKENS, (_, key?: string, bearer?: string, scheme?: string) => {
    return `${key ?? bearer ?? scheme ?? ""}${MASK}`;
  });
}
