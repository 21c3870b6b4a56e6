// This program's own version, from its package.json.
import { readFileSync } from "node:fs";
import { BugError } from "../core/errors.ts";

export function readVersion(): string {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  const found: unknown = JSON.parse(text);
  if (typeof found === "object" && found !== null && "version" in found)
    return String(found.version);
  throw new BugError("package.json has no version");
}
