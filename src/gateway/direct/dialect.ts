// Which of Claude Code's headers an upstream does not understand, by the provider's dialect (passthrough 7).
import type { Dialect } from "./provider.ts";

const NONE: ReadonlySet<string> = new Set();
const BETA: ReadonlySet<string> = new Set([
  "anthropic-beta",
  "anthropic-dangerous-direct-browser-access",
]);

/** Lower-case names to remove. `auto`: only Anthropic's own hosts take beta headers. */
export function headersToRemove(dialect: Dialect, host: string): ReadonlySet<string> {
  if (dialect === "anthropic") return NONE;
  if (dialect === "openai") return BETA;
  return host === "anthropic.com" || host.endsWith(".anthropic.com") ? NONE : BETA;
}
