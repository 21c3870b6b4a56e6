// Model names as exact texts or patterns with `*`.

export interface ModelMatcher {
  matches(model: string): boolean;
}

const ALL: ModelMatcher = { matches: () => true };
const NONE: ModelMatcher = { matches: () => false };

/** `*` stands for any text; everything else, case included, is literal. null allows every model. */
export function createModelMatcher(patterns: readonly string[] | null): ModelMatcher {
  if (patterns === null) return ALL;
  if (patterns.length === 0) return NONE;
  const exact = new Set(patterns.filter((pattern) => !pattern.includes("*")));
  const wild = patterns
    .filter((pattern) => pattern.includes("*"))
    .map((pattern) => pattern.split("*"));
  return {
    matches: (model) => exact.has(model) || wild.some((pieces) => matchesPieces(model, pieces)),
  };
}

/** Greedy from the left; linear, where a regular expression could be made to backtrack. */
function matchesPieces(model: string, pieces: readonly string[]): boolean {
  const first = pieces[0] ?? "";
  const last = pieces.at(-1) ?? "";
  if (model.length < first.length + last.length) return false;
  if (!model.startsWith(first) || !model.endsWith(last)) return false;
  let from = first.length;
  const end = model.length - last.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = model.indexOf(piece, from);
    if (found === -1 || found + piece.length > end) return false;
    from = found + piece.length;
  }
  return true;
}
