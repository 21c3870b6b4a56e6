// Lists of variable names such as `AWS_*`.

/** How exactly one of the patterns names it: -1 not at all, else the length of what is compared; a full name wins. */
export function matchLength(name: string, patterns: readonly string[]): number {
  let longest = -1;
  for (const pattern of patterns) {
    if (pattern === name) return Number.POSITIVE_INFINITY;
    const prefix = pattern.endsWith("*") ? pattern.slice(0, -1) : null;
    if (prefix !== null && name.startsWith(prefix)) longest = Math.max(longest, prefix.length);
  }
  return longest;
}
