// Reads JSON that others wrote: bounded, with positions, duplicate keys refused, common mistakes named.
import type { Converted } from "./converted.ts";
import { fromEntries } from "./converted.ts";
import type { ParsedDocument, ParseLimits } from "./document.ts";
import { createDocument } from "./document.ts";
import { problem, UserError } from "./errors.ts";
import { describeUnexpected, describeWord } from "./json-problems.ts";
import type { CheckedText } from "./text-check.ts";
import { checkText } from "./text-check.ts";

const SPACE = /[ \t\r\n]*/y;
const STRING = /"[^"\\\n\r\t]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\n\r\t]*)*"/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?(?![\w.])/y;
const WORD = /[A-Za-z_$][\w$]*/y;
const LITERALS: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ["true", true],
  ["false", false],
  ["null", null],
]);

/** Stops at the first mistake; shows no value. Throws UserError("usage") with line and column. */
export function parseJson(raw: string, source: string, limits: ParseLimits = {}): ParsedDocument {
  const checked = checkText(raw, source, limits);
  const { value, position } = new JsonReader(checked).read();
  return createDocument(value, position, checked.locate);
}

class JsonReader {
  readonly #text: string;
  readonly #checked: CheckedText;
  #at = 0;

  constructor(checked: CheckedText) {
    this.#checked = checked;
    this.#text = checked.text;
  }

  read(): Converted {
    this.#match(SPACE);
    if (this.#at === this.#text.length) throw this.#error("is empty", "write a JSON object");
    const converted = this.#value(0);
    this.#match(SPACE);
    if (this.#at === this.#text.length) return converted;
    throw this.#error("has text after the end of the JSON value", "look for a bracket too many");
  }

  #value(depth: number): Converted {
    const { maxDepth } = this.#checked;
    if (depth > maxDepth) {
      const message = `is nested deeper than ${maxDepth} levels`;
      throw this.#error(message, "look for brackets that are never closed");
    }
    const offset = this.#at;
    const position = { offset, parts: null };
    if (this.#take("{")) return this.#object(offset, depth);
    if (this.#take("[")) return this.#array(offset, depth);
    if (this.#text[offset] === '"') return { value: this.#string(), position };
    const word = this.#match(WORD);
    if (word !== null) {
      if (LITERALS.has(word)) return { value: LITERALS.get(word), position };
      throw this.#error(...describeWord(word), offset);
    }
    const number = this.#match(NUMBER);
    if (number === null) throw this.#unexpected("a value");
    return { value: this.#number(number, offset), position };
  }

  #object(offset: number, depth: number): Converted {
    const entries = new Map<string, Converted>();
    this.#match(SPACE);
    while (!this.#take("}")) {
      const keyAt = this.#at;
      if (this.#text[keyAt] !== '"') throw this.#unexpected("a key in double quotes");
      const key = this.#string();
      if (key === "__proto__")
        throw this.#error("the key __proto__ is refused", "remove it", keyAt);
      if (entries.has(key)) {
        throw this.#error(`the key ${key} stands twice`, "remove one of the two", keyAt);
      }
      this.#match(SPACE);
      if (!this.#take(":")) throw this.#unexpected("a colon after the key");
      this.#match(SPACE);
      const { value, position } = this.#value(depth + 1);
      entries.set(key, { value, position: { ...position, offset: keyAt } });
      this.#separator("}");
    }
    return fromEntries(entries, offset);
  }

  #array(offset: number, depth: number): Converted {
    const items: Converted[] = [];
    this.#match(SPACE);
    while (!this.#take("]")) {
      items.push(this.#value(depth + 1));
      this.#separator("]");
    }
    const parts = new Map(items.map(({ position }, index) => [index, position]));
    return { value: items.map(({ value }) => value), position: { offset, parts } };
  }

  /** Goes to the next member or to the closing bracket. */
  #separator(close: string): void {
    this.#match(SPACE);
    if (this.#text[this.#at] === close) return;
    const comma = this.#at;
    if (!this.#take(",")) throw this.#unexpected(`a comma or ${close}`);
    this.#match(SPACE);
    if (this.#text[this.#at] !== close) return;
    throw this.#error(`has a comma before the closing ${close}`, "remove the comma", comma);
  }

  #string(): string {
    const start = this.#at;
    const text = this.#match(STRING);
    if (text === null) {
      const remedy = 'close it on its line; special characters are \\n, \\t, \\\\ and \\"';
      throw this.#error("a text in double quotes is not closed or not valid", remedy, start);
    }
    const value: string = JSON.parse(text);
    if (!/\p{Surrogate}/u.test(value)) return value;
    throw this.#error("has half a character", "write both \\u escapes of it", start);
  }

  #number(text: string, offset: number): number {
    const value = Number(text);
    if (!Number.isFinite(value))
      throw this.#error("a number is too large", "make it finite", offset);
    if (/^-?[0-9]+$/.test(text) && !Number.isSafeInteger(value)) {
      throw this.#error("an integer is too large to keep exactly", "write it in quotes", offset);
    }
    return value === 0 ? 0 : value;
  }

  #match(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? null;
    if (found !== null) this.#at += found.length;
    return found;
  }

  #take(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }

  #unexpected(expected: string): UserError {
    return this.#error(...describeUnexpected(this.#text[this.#at], expected));
  }

  #error(message: string, remedy: string, offset = this.#at): UserError {
    const place = this.#checked.locate(offset);
    return new UserError("usage", problem(`is not valid JSON: ${message}`, { place, remedy }));
  }
}
