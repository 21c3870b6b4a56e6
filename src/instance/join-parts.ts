// Shows a line that stands in a log in parts as the one line that it was. Pure.
import { GOES_ON, WENT_ON } from "../core/long-line.ts";

export interface PartJoiner {
  /** What is to be written for a line of the log. */
  next(line: string): string;
  /** Behind the last one. */
  end(): string;
}

export function createPartJoiner(): PartJoiner {
  let isOpen = false;
  return {
    next: (line) => {
      const joins = isOpen && line.startsWith(WENT_ON);
      const before = isOpen && !joins ? "\n" : "";
      const text = joins ? line.slice(WENT_ON.length) : line;
      isOpen = text.endsWith(GOES_ON);
      return before + (isOpen ? text.slice(0, -GOES_ON.length) : `${text}\n`);
    },
    end: () => (isOpen ? "\n" : ""),
  };
}
