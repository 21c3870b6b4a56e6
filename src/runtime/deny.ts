// Releases that are never installed or run, whatever a lock, a person or a control plane says.
import { problem, UserError } from "../core/errors.ts";

/** Published 2026-03-24 by an attacker: the payload runs at import and from `litellm_init.pth`. */
const DENIED: readonly string[] = ["litellm==1.82.7", "litellm==1.82.8"];

/** Throws UserError("security") when one of the packages is denied. `pins` are "name==version", names normalised. */
export function refuseDenied(pins: Iterable<string>, source: string): void {
  const found = [...pins].filter((pin) => DENIED.includes(pin));
  if (found.length === 0) return;
  const message = `${found.join(", ")} is a malicious release`;
  const remedy = "use another version; where it has run, change every secret that it could read";
  throw new UserError("security", problem(message, { place: { source }, remedy }));
}
