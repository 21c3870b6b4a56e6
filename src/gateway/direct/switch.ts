// Reads yes and no in the spellings of design 3.2.

const WORDS = new Map<string, boolean>([
  ...["true", "1", "yes", "on"].map((word) => [word, true] as const),
  ...["false", "0", "no", "off"].map((word) => [word, false] as const),
]);

/** true, 1, yes, on; false, 0, no, off; anything else is null. */
export function parseSwitch(text: string): boolean | null {
  return WORDS.get(text.trim().toLowerCase()) ?? null;
}
