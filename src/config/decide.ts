// Whether the layers read so far decide the proxy, or the queue settings must be asked (design 3.4).
import type { Merged } from "./layer.ts";

/** Off by someone's word, or on with a LiteLLM config. The default is nobody's word. */
export function isProxyDecided(merged: Merged): boolean {
  const enabled = merged.get("enabled").winner;
  if (!enabled || enabled.layer === "default") return false;
  return !enabled.value || merged.get("litellm").winner !== null;
}
