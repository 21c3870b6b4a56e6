// Names of instances and queues, which are also names of folders.
import { problem, UserError } from "../core/errors.ts";
import type { Place } from "../core/place.ts";

const PATTERN = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,62}[A-Za-z0-9])?$/;
const LONGEST = 64;

/** Throws UserError("usage") that says what is wrong with it; `what` is "queue id" or "name". */
export function parseInstanceName(text: string, what: string, place: Place): string {
  const fault = findFault(text);
  if (fault === null) return text;
  const remedy =
    "use 1 to 64 letters, digits, `.`, `_` or `-`; the first and the last a letter or digit";
  throw new UserError(
    "usage",
    problem(`the ${what} ${JSON.stringify(text)} ${fault}`, { place, remedy }),
  );
}

function findFault(text: string): string | null {
  if (PATTERN.test(text) && !text.includes("..")) return null;
  if (text === "") return "is empty";
  if (text.includes("..")) return "contains `..`";
  const stranger = /[^A-Za-z0-9._-]/u.exec(text);
  if (stranger !== null)
    return `contains ${JSON.stringify(stranger[0])} at character ${stranger.index + 1}`;
  if (text.length > LONGEST) return `has ${text.length} characters`;
  return "does not begin and end with a letter or digit";
}
