// Finds any of many byte strings in one pass whose cost does not grow with their number.

/** From `start` up to, not including, `end`. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

export interface SecretFinder {
  /** The places of all forms, in order, those that overlap joined. */
  find(text: string): Range[];
}

/** Forms have at least 8 characters: of the 4-character windows at every 5th place one lies in the first 8 of each. */
const WINDOW = 4;
const STRIDE = 5;
const FILTER_BITS = 16;

interface Candidate {
  readonly form: string;
  /** Of the window inside the form. */
  readonly offset: number;
}

export function createSecretFinder(forms: Iterable<string>): SecretFinder {
  /** One byte for each hash of a window: most places of a text are passed by this alone. */
  const filter = new Uint8Array(1 << FILTER_BITS);
  const candidates = new Map<number, Candidate[]>();
  for (const form of forms) {
    for (let offset = 0; offset < STRIDE; offset += 1) {
      const window = windowAt(form, offset);
      const known = candidates.get(window);
      if (known === undefined) candidates.set(window, [{ form, offset }]);
      else known.push({ form, offset });
      filter[hash(window)] = 1;
    }
  }
  return {
    find: (text) => {
      const found: Range[] = [];
      if (candidates.size === 0) return found;
      for (let at = 0; at + WINDOW <= text.length; at += STRIDE) {
        const window = windowAt(text, at);
        if (filter[hash(window)] === 0) continue;
        for (const { form, offset } of candidates.get(window) ?? []) {
          const start = at - offset;
          if (start >= 0 && text.startsWith(form, start)) {
            found.push({ start, end: start + form.length });
          }
        }
      }
      return join(found);
    },
  };
}

function windowAt(text: string, at: number): number {
  return (
    text.charCodeAt(at) |
    (text.charCodeAt(at + 1) << 8) |
    (text.charCodeAt(at + 2) << 16) |
    (text.charCodeAt(at + 3) << 24)
  );
}

function hash(window: number): number {
  return Math.imul(window, 0x9e3779b1) >>> (32 - FILTER_BITS);
}

function join(ranges: readonly Range[]): Range[] {
  const joined: Range[] = [];
  for (const range of ranges.toSorted((a, b) => a.start - b.start)) {
    const last = joined.at(-1);
    if (last === undefined || range.start >= last.end) joined.push(range);
    else if (range.end > last.end) joined[joined.length - 1] = { ...last, end: range.end };
  }
  return joined;
}
