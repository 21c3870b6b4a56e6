// Finds the field `model` of a multipart form as its bytes pass, wherever it stands among the files.
import type { BodyScan } from "../body-check.ts";
import type { ScanProblem } from "../json-scan.ts";
import type { ModelSpan } from "./model-splice.ts";

type State = "preamble" | "head" | "value" | "done";

const MAX_HEAD = 16 * 1024;
const MAX_MODEL = 1024;
const HEAD_END = Buffer.from("\r\n\r\n");
const LINE_END = Buffer.from("\r\n");

/** The boundary of a Content-Type; null: none. */
export function readBoundary(contentType: string): string | null {
  const match = /;\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(contentType);
  return match?.[1] ?? match?.[2] ?? null;
}

export class FormScan implements BodyScan {
  readonly #delimiter: Buffer;
  #state: State = "preamble";
  /** Bytes not decided yet; those before `#offset` in the body are gone. */
  #rest: Buffer = LINE_END;
  /** Of `#rest`'s first byte in the body; the first delimiter may stand without a line end before it. */
  #offset = -LINE_END.length;
  #model: string | null = null;
  #span: ModelSpan | null = null;
  #isRepeated = false;

  constructor(boundary: string) {
    this.#delimiter = Buffer.from(`\r\n--${boundary}`, "latin1");
  }

  /** Null until its value has passed. */
  get model(): string | null {
    return this.#model;
  }

  get span(): ModelSpan | null {
    return this.#span;
  }

  /** More of the body can tell nothing more, except that there is a second one. */
  get settled(): boolean {
    return this.#state === "done" || this.#span !== null;
  }

  /** Readers disagree about which of two fields counts. */
  push(chunk: Buffer): ScanProblem | null {
    if (this.#state === "done") return this.end();
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    while (this.#step());
    return this.end();
  }

  /** A form that is not one is the upstream's to refuse. */
  end(): ScanProblem | null {
    return this.#isRepeated ? { kind: "repeated-model" } : null;
  }

  /** false: more bytes are needed, or none. */
  #step(): boolean {
    if (this.#state === "preamble") return this.#toDelimiter();
    if (this.#state === "head") return this.#readHead();
    return this.#state === "value" && this.#readValue();
  }

  #toDelimiter(): boolean {
    const at = this.#rest.indexOf(this.#delimiter);
    if (at === -1) {
      this.#skip(Math.max(0, this.#rest.length - this.#delimiter.length + 1));
      return false;
    }
    this.#skip(at + this.#delimiter.length);
    this.#state = "head";
    return true;
  }

  #readHead(): boolean {
    if (this.#rest.length < 2) return false;
    if (this.#rest.toString("latin1", 0, 2) === "--") return this.#finish();
    const end = this.#rest.indexOf(HEAD_END);
    if (end === -1) return this.#rest.length > MAX_HEAD && this.#finish();
    const isModel = isModelField(this.#rest.toString("latin1", 0, end));
    if (isModel && this.#span !== null) {
      this.#isRepeated = true;
      return this.#finish();
    }
    this.#state = isModel ? "value" : "preamble";
    // The last line end stays: the delimiter behind an empty value begins with it.
    this.#skip(end + LINE_END.length);
    return true;
  }

  #readValue(): boolean {
    const end = this.#rest.indexOf(this.#delimiter);
    if (end === -1) return this.#rest.length > MAX_MODEL + this.#delimiter.length && this.#finish();
    if (end > MAX_MODEL) return this.#finish();
    const start = Math.min(LINE_END.length, end);
    this.#model = this.#rest.toString("utf8", start, end);
    this.#span = { start: this.#offset + start, end: this.#offset + Math.max(start, end) };
    this.#skip(end);
    this.#state = "preamble";
    return true;
  }

  #finish(): false {
    this.#state = "done";
    this.#rest = Buffer.alloc(0);
    return false;
  }

  #skip(bytes: number): void {
    this.#rest = this.#rest.subarray(bytes);
    this.#offset += bytes;
  }
}

function isModelField(head: string): boolean {
  const disposition = /^content-disposition:(.*)$/im.exec(head)?.[1] ?? "";
  return /;\s*name="?model"?\s*(?:;|$)/i.test(disposition) && !/;\s*filename/i.test(disposition);
}
