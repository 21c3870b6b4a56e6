// When to try again after a death, and when to give up.

/** A run this long was stable: the next start does not wait. */
export const STABLE_MS = 10_000;
/** Deaths older than this are forgiven. */
export const DEATH_WINDOW_MS = 10 * 60_000;

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

/** 1, 2, 4 ... 30 s, each shortened by up to a fifth so that many instances do not start together. `random`: 0 to 1. */
export function pauseBefore(failures: number, random: number): number {
  const full = Math.min(FIRST_PAUSE_MS * 2 ** failures, LONGEST_PAUSE_MS);
  return Math.round(full * (1 - random / 5));
}

/** The deaths that still count at `now`, all in monotonic ms. */
export function recentDeaths(deaths: readonly number[], now: number): number[] {
  return deaths.filter((death) => now - death < DEATH_WINDOW_MS);
}
