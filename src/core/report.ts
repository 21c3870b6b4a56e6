// How every part talks to the user and records its life; `ui/` is the only implementation that prints.
import type { Problem } from "./errors.ts";

/** A change worth a log line and a place in the timeline. Fields hold no secret. */
export interface Event {
  readonly name: string;
  readonly fields?: Readonly<Record<string, string | number | boolean | null>>;
}

export interface Progress {
  update(text: string): void;
  /** Ends the progress line; `text` replaces it. */
  done(text?: string): void;
}

export interface Report {
  /** Talk, on stderr. */
  info(text: string): void;
  /** Talk shown only with --verbose. */
  verbose(text: string): void;
  /** A warning or notice with place and remedy; errors are thrown, not reported. */
  problem(problem: Problem): void;
  event(event: Event): void;
  progress(text: string): Progress;
}

/** `name key=value key=value`. */
export function renderEvent(event: Event): string {
  const fields = Object.entries(event.fields ?? {}).map(
    ([name, value]) => `${name}=${String(value)}`,
  );
  return [event.name, ...fields].join(" ");
}
