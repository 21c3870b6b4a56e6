// Adds the models of direct routes to LiteLLM's own answer to /v1/models.
import { isMapping } from "../../core/converted.ts";
import type { ResponseHead, ResponseSink } from "../../core/upstream.ts";
import { renderModels } from "../models.ts";

const MAX_BYTES = 8 * 1024 * 1024;

export class ModelsSink implements ResponseSink {
  readonly #sink: ResponseSink;
  readonly #names: readonly string[];
  #head: ResponseHead | null = null;
  #chunks: Buffer[] = [];
  #length = 0;

  constructor(sink: ResponseSink, names: readonly string[]) {
    this.#sink = sink;
    this.#names = names;
  }

  head(head: ResponseHead): void {
    const isEncoded = head.headers.some(
      (name, index) => index % 2 === 0 && /^content-encoding$/i.test(name),
    );
    if (head.status === 200 && !isEncoded) this.#head = head;
    else this.#sink.head(head);
  }

  data(chunk: Buffer): boolean {
    if (this.#head === null) return this.#sink.data(chunk);
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    if (this.#length > MAX_BYTES) this.#passOn(this.#head, Buffer.concat(this.#chunks));
    return true;
  }

  end(): void {
    if (this.#head !== null) {
      const body = Buffer.concat(this.#chunks);
      this.#passOn(this.#head, mergeModels(body, this.#names) ?? body);
    }
    this.#sink.end();
  }

  fail(error: Error): void {
    this.#sink.fail(error);
  }

  #passOn(head: ResponseHead, body: Buffer): void {
    const headers: string[] = [];
    for (let index = 0; index < head.headers.length; index += 2) {
      const name = head.headers[index] ?? "";
      if (!/^content-length$/i.test(name)) headers.push(name, head.headers[index + 1] ?? "");
    }
    if (this.#length <= MAX_BYTES) headers.push("content-length", `${body.length}`);
    this.#head = null;
    this.#chunks = [];
    this.#sink.head({ ...head, headers });
    this.#sink.data(body);
  }
}

/** null: the answer is no model list. */
function mergeModels(body: Buffer, names: readonly string[]): Buffer | null {
  const answer = parse(body.toString("utf8"));
  if (!isMapping(answer) || !Array.isArray(answer["data"])) return null;
  const listed: readonly unknown[] = answer["data"];
  const known = new Set(listed.map((entry) => (isMapping(entry) ? entry["id"] : null)));
  const added = parse(renderModels(names.filter((name) => !known.has(name))));
  const more: readonly unknown[] =
    isMapping(added) && Array.isArray(added["data"]) ? added["data"] : [];
  return Buffer.from(JSON.stringify({ ...answer, data: [...listed, ...more] }));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
