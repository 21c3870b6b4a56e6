// Turns a path as written into an absolute one: `~` is the home folder, the rest is relative to its layer's base.
import { resolve } from "node:path";
import type { Reading } from "./spelling.ts";
import { Invalid } from "./spelling.ts";
import { show } from "./parse-scalar.ts";

/** Pure: whether the file is there is found out by who reads it. */
export function parsePath(
  raw: unknown,
  { baseDir, home }: Pick<Reading, "baseDir" | "home">,
): string | Invalid {
  if (typeof raw !== "string") return new Invalid(`${show(raw)} is not a path`, "write a path");
  // eslint-disable-next-line no-control-regex
  if (/[\u0000-\u001f\u007f]/.test(raw)) {
    return new Invalid("the path contains an invisible character", "type it again");
  }
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(raw)) {
    return new Invalid(`${show(raw)} is a URL, not a path`, "save it as a file and name that");
  }
  if (/^\$(?:[A-Z_{(]|env[.:])/i.test(raw)) {
    const remedy = "write the whole path, or begin it with ~/";
    return new Invalid(`the variable in ${show(raw)} is not expanded`, remedy);
  }
  if (/^~(?:$|\/)/.test(raw)) {
    if (home !== null && home !== "") return resolve(home, raw.slice(2));
    return new Invalid(
      "~ has no meaning: no home folder is known",
      "set HOME, or write the whole path",
    );
  }
  if (raw.startsWith("~")) {
    const remedy =
      "write the whole path; only ~ and ~/ are expanded (./~name for a file of that name)";
    return new Invalid(`${show(raw)} names another user's home folder`, remedy);
  }
  if (baseDir === null)
    return new Invalid("a path is not allowed here", "give the configuration itself");
  return resolve(baseDir, raw);
}
