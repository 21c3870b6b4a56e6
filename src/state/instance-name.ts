// Names of instances and queues, which are also names of folders.
import { problem, UserError } from "../core/errors.ts";
import type { Place } from "../core/place.ts";

const PATTERN = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,62}[A-Za-z0-9])?$/;
const LONGEST = 64;
const MAX_SHOWN = 40;

/** Throws UserError("usage") that says what is wrong with it; `what` is "queue id" or "name". */
export function parseInstanceName(text: string, what: string, place: Place): string {
  const fault = findFault(text);
  if (fault === null) return text;
  const remedy =
    "use 1 to 64 letters, digits, `.`, `_` or `-`; the first and the last a letter or digit";
  throw new UserError("usage", problem(`the ${what} ${shorten(text)} ${fault}`, { place, remedy }));
}

function findFault(text: string): string | null {
  if (PATTERN.test(text) && !text.includes("..")) return null;
  if (text === "") return "is empty";
  if (text.includes("..")) return "contains `..`";
  const stranger = /[^A-Za-z0-9._-]/u.exec(text);
  if (stranger !== null) {
    return `contains ${JSON.stringify(stranger[0])} at character ${stranger.index + 1}${numberOf(stranger[0])}`;
  }
  if (text.length > LONGEST) return `has ${text.length} characters`;
  return "does not begin and end with a letter or digit";
}

function shorten(text: string): string {
  return JSON.stringify(text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}...` : text);
}

/** ` (U+043E)`: letters of other scripts may look like those that are allowed. */
function numberOf(character: string): string {
  const number = character.codePointAt(0) ?? 0;
  return number < 0x80 ? "" : ` (U+${number.toString(16).toUpperCase().padStart(4, "0")})`;
}
