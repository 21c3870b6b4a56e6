// Watches a request's body on its way: its size, its `model`, keys that a worker must not send.
import type { ScanProblem } from "./json-scan.ts";
import { Refusal } from "./refusal.ts";

/** Looks for `model` as bytes pass. */
export interface BodyScan {
  /** Null until its value has passed. */
  readonly model: string | null;
  /** More of the body cannot tell more about `model`. */
  readonly settled: boolean;
  /** Both return the first problem so far. */
  push(chunk: Buffer): ScanProblem | null;
  end(): ScanProblem | null;
}

export interface BodyCheckOptions {
  /** Bytes. */
  readonly limit: number;
  /** null: only counted. */
  readonly scan: BodyScan | null;
  /** What the scan objects to is refused; false: the scan only looks for `model`. */
  readonly strict: boolean;
}

export class BodyCheck {
  readonly #options: BodyCheckOptions;
  #bytes = 0;

  constructor(options: BodyCheckOptions) {
    this.#options = options;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get model(): string | null {
    return this.#options.scan?.model ?? null;
  }

  /** More of the body cannot tell more about `model`. */
  get settled(): boolean {
    return this.#options.scan?.settled ?? true;
  }

  push(chunk: Buffer): Refusal | null {
    this.#bytes += chunk.length;
    if (this.#bytes > this.#options.limit) return tooLarge(this.#options.limit);
    return this.#judge(this.#options.scan?.push(chunk) ?? null);
  }

  end(): Refusal | null {
    return this.#judge(this.#bytes === 0 ? null : (this.#options.scan?.end() ?? null));
  }

  #judge(problem: ScanProblem | null): Refusal | null {
    if (problem === null || !this.#options.strict) return null;
    switch (problem.kind) {
      case "not-an-object":
        return new Refusal("malformed", "The body is not a JSON object in UTF-8");
      case "repeated-model":
        return new Refusal("malformed", "The body has more than one `model`");
      case "long-model":
        return new Refusal("malformed", "The body's `model` is too long");
      default:
        return new Refusal("malformed", `The body must not have \`${problem.key}\``);
    }
  }
}

export function tooLarge(limit: number): Refusal {
  return new Refusal("too-large", `The body is larger than ${limit / 1024 / 1024} MiB`);
}
