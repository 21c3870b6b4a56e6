// Did you mean: the known names closest to one that is not known.

const MAX_SUGGESTIONS = 3;

/**
 * Up to three candidates that differ by case or separators alone, by at most two edits (one for
 * names of up to four letters), or that continue the name; best first.
 */
export function nearest(name: string, candidates: Iterable<string>): string[] {
  const wanted = normalise(name);
  const limit = wanted.length <= 4 ? 1 : 2;
  const found: { readonly candidate: string; readonly distance: number }[] = [];
  for (const candidate of new Set(candidates)) {
    const known = normalise(candidate);
    const distance = editDistance(wanted, known, limit);
    if (distance <= limit) found.push({ candidate, distance });
    else if (wanted.length >= 3 && known.startsWith(wanted))
      found.push({ candidate, distance: limit + 1 });
  }
  return found
    .toSorted((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, MAX_SUGGESTIONS)
    .map(({ candidate }) => candidate);
}

function normalise(name: string): string {
  return name.toLowerCase().replaceAll(/[-_. ]/g, "");
}

/** Insertions, deletions, replacements and swaps of neighbours; anything above `limit` is limit + 1. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    let best = i;
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1];
      let cost = Math.min(
        (last[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        (last[j - 1] ?? 0) + (isSame ? 0 : 1),
      );
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, (beforeLast[j - 2] ?? 0) + 1);
      }
      row.push(cost);
      best = Math.min(best, cost);
    }
    if (best > limit) return limit + 1;
    beforeLast = last;
    last = row;
  }
  return Math.min(last[b.length] ?? 0, limit + 1);
}
