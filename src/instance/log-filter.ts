// Which lines of a log were asked for. Pure.
import { problem, UserError } from "../core/errors.ts";
import { WENT_ON } from "../core/long-line.ts";

export interface LogQuery {
  /** Milliseconds since 1970; null: from the beginning. */
  readonly since: number | null;
  /** Index in LEVELS; null: all. */
  readonly level: number | null;
  /** How many of the last ones; null: all. */
  readonly tail: number | null;
}

const LEVELS = ["debug", "info", "warning", "error"] as const;
const WORDS: Readonly<Record<string, number>> = {
  DEBUG: 0,
  INFO: 1,
  WARNING: 2,
  WARN: 2,
  ERROR: 3,
  CRITICAL: 3,
  FATAL: 3,
};
const LEVEL_WORD = /\b(DEBUG|INFO|WARNING|WARN|ERROR|CRITICAL|FATAL)\b/;
const TIME = /^(?:\S+ )?(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?)/;
const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

type Flags = Readonly<Record<string, unknown>>;

/** Throws UserError("usage"). */
export function parseLogQuery({ since, level, tail }: Flags, now: Date): LogQuery {
  return {
    since: typeof since === "string" ? parseSince(since, now) : null,
    level: typeof level === "string" ? parseLevel(level) : null,
    tail: typeof tail === "string" ? parseTail(tail) : null,
  };
}

/**
 * A line without a time or level of its own belongs to the one before it, as the lines of a traceback do; a part of a
 * line that is too long belongs to its first part.
 */
export function createLogFilter({ since, level }: LogQuery): (line: string) => boolean {
  let time = Number.NEGATIVE_INFINITY;
  let rank = LEVELS.indexOf("info");
  let passed = false;
  return (line) => {
    if (line.startsWith(WENT_ON)) return passed;
    const stamp = TIME.exec(line)?.[1];
    if (stamp !== undefined) {
      time = Date.parse(stamp);
      // What sidelite itself writes has a time and seldom a level.
      rank = LEVELS.indexOf("info");
    }
    const word = LEVEL_WORD.exec(line)?.[1];
    if (word !== undefined) rank = WORDS[word] ?? rank;
    passed = (since === null || time >= since) && (level === null || rank >= level);
    return passed;
  };
}

function parseSince(text: string, now: Date): number {
  const ago = /^(\d+)([smhd])$/.exec(text);
  if (ago) return now.getTime() - Number(ago[1]) * (UNITS[ago[2] ?? ""] ?? 0) * 1000;
  const at = /^\d{4}-/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(at)) return at;
  throw refuse("--since", text, "is no time", "write 30s, 10m, 2h, 3d or 2026-01-31T12:00:00Z");
}

function parseLevel(text: string): number {
  const rank = WORDS[text.toUpperCase()];
  if (rank !== undefined) return rank;
  throw refuse("--level", text, "is no level", `use ${LEVELS.join(", ")}`);
}

function parseTail(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw refuse("--tail", text, "is no number of lines", "write a whole number");
}

function refuse(source: string, text: string, fault: string, remedy: string): UserError {
  const place = { source };
  return new UserError("usage", problem(`${JSON.stringify(text)} ${fault}`, { place, remedy }));
}
