// Patterns of variable names: `NAME`, or `PREFIX_*` for every name that begins so.
import type { Environment } from "../core/host.ts";

export const NAME_PATTERN = /^[A-Za-z_][A-Za-z0-9_]*\*?$/;

/** Each name itself; for a prefix the names that are set. */
export function expandPatterns(patterns: Iterable<string>, env: Environment): string[] {
  const names = new Set<string>();
  for (const pattern of patterns) {
    if (!pattern.endsWith("*")) names.add(pattern);
    else
      for (const name of Object.keys(env))
        if (name.startsWith(pattern.slice(0, -1))) names.add(name);
  }
  return [...names];
}
