// Finds top-level keys of a JSON object as its bytes pass: no parse of the whole, no copy of it.
import { JsonString } from "./json-string.ts";

export type ScanProblem =
  | { readonly kind: "not-an-object" | "repeated-model" | "long-model" }
  | { readonly kind: "refused-key"; readonly key: string };

/** States; numbers, because every byte outside strings goes through comparisons with them. */
const START = 0;
const KEY_OR_END = 1;
const KEY = 2;
const COLON = 3;
const VALUE = 4;
const SCALAR = 5;
const NESTED = 6;
const AFTER = 7;
const DONE = 8;
const FAILED = 9;
/** Inside a string: a key, a value at the top level, anything deeper. */
const IN_KEY = 10;
const IN_VALUE = 11;
const IN_NESTED = 12;

const BOM = [0xef, 0xbb, 0xbf];
/** `mock_response` wholly written as \u escapes has 78 bytes; a longer key is none of ours. */
const MAX_KEY = 128;
const MAX_MODEL = 1024;

export class JsonScan {
  readonly #refused: ReadonlySet<string>;
  readonly #string = new JsonString();
  #state = START;
  #bom = 0;
  #depth = 0;
  #isModel = false;
  #models = 0;
  #model: string | null = null;
  #problem: ScanProblem | null = null;

  /** A key of `refused` at the top level is a problem. */
  constructor(refused: ReadonlySet<string>) {
    this.#refused = refused;
  }

  /** Null until its value has passed, and where that is no string. */
  get model(): string | null {
    return this.#model;
  }

  /** Nothing that comes can still change `model`, except into a problem. */
  get settled(): boolean {
    return this.#state === DONE || this.#state === FAILED || (this.#models > 0 && !this.#isModel);
  }

  /** The first problem so far. */
  push(chunk: Buffer): ScanProblem | null {
    this.#string.nextChunk();
    let at = 0;
    while (at < chunk.length && this.#state !== FAILED) {
      if (this.#state >= IN_KEY) at = this.#inString(chunk, at);
      else if (this.#state === NESTED) at = this.#nested(chunk, at);
      else at = this.#token(chunk[at] ?? 0, at);
    }
    return this.#problem;
  }

  end(): ScanProblem | null {
    if (this.#state !== DONE && this.#state !== FAILED) this.#fail({ kind: "not-an-object" });
    return this.#problem;
  }

  #token(byte: number, at: number): number {
    const next = this.#after(byte);
    if (next === FAILED) this.#fail({ kind: "not-an-object" });
    else this.#state = next;
    return at + 1;
  }

  /** The state behind `byte`. */
  #after(byte: number): number {
    const state = this.#state;
    if (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) {
      return state === SCALAR ? AFTER : state;
    }
    switch (state) {
      case START:
        return this.#start(byte);
      case KEY_OR_END:
      case KEY:
        if (byte === 0x7d && state === KEY_OR_END) return DONE;
        return byte === 0x22 ? this.#open(IN_KEY, MAX_KEY) : FAILED;
      case COLON:
        return byte === 0x3a ? VALUE : FAILED;
      case VALUE:
        return this.#value(byte);
      case DONE:
        return FAILED;
      default:
        if (state === SCALAR && isScalar(byte)) return SCALAR;
        if (byte === 0x2c) return KEY;
        return byte === 0x7d ? DONE : FAILED;
    }
  }

  #start(byte: number): number {
    if (byte === BOM[this.#bom]) {
      this.#bom += 1;
      return START;
    }
    return byte === 0x7b && this.#bom % BOM.length === 0 ? KEY_OR_END : FAILED;
  }

  #value(byte: number): number {
    if (byte === 0x22) return this.#open(IN_VALUE, this.#isModel ? MAX_MODEL : 0);
    this.#isModel = false;
    if (byte === 0x7b || byte === 0x5b) {
      this.#depth = 1;
      return NESTED;
    }
    return isScalar(byte) ? SCALAR : FAILED;
  }

  #open(state: number, keep: number): number {
    this.#string.open(keep);
    return state;
  }

  #nested(chunk: Buffer, from: number): number {
    for (let at = from; at < chunk.length; at++) {
      const byte = chunk[at];
      if (byte === 0x22) {
        this.#state = this.#open(IN_NESTED, 0);
        return at + 1;
      }
      if (byte === 0x7b || byte === 0x5b) {
        this.#depth += 1;
      } else if (byte === 0x7d || byte === 0x5d) {
        this.#depth -= 1;
        if (this.#depth > 0) continue;
        this.#state = AFTER;
        return at + 1;
      }
    }
    return chunk.length;
  }

  #inString(chunk: Buffer, from: number): number {
    const end = this.#string.read(chunk, from);
    if (end < 0) return chunk.length;
    if (this.#state === IN_KEY) this.#closeKey();
    else if (this.#state === IN_VALUE) this.#closeValue();
    else this.#state = NESTED;
    return end + 1;
  }

  #closeKey(): void {
    this.#state = COLON;
    const key = this.#string.value;
    if (key === null) return;
    this.#isModel = key === "model";
    if (this.#isModel) this.#models += 1;
    if (this.#models > 1) this.#fail({ kind: "repeated-model" });
    if (this.#refused.has(key)) this.#fail({ kind: "refused-key", key });
  }

  #closeValue(): void {
    this.#state = AFTER;
    if (!this.#isModel) return;
    this.#isModel = false;
    this.#model = this.#string.value;
    if (this.#model === null) {
      this.#fail({ kind: this.#string.tooLong ? "long-model" : "not-an-object" });
    }
  }

  #fail(problem: ScanProblem): void {
    this.#state = FAILED;
    this.#problem = problem;
  }
}

/** Digits, signs and letters: numbers, true, false, null, and Python's NaN and Infinity. */
function isScalar(byte: number): boolean {
  return (
    (byte >= 0x30 && byte <= 0x39) ||
    (byte >= 0x61 && byte <= 0x7a) ||
    (byte >= 0x41 && byte <= 0x5a) ||
    byte === 0x2b ||
    byte === 0x2d ||
    byte === 0x2e
  );
}
