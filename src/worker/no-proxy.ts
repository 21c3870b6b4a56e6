// Keeps the worker's requests to us away from a corporate proxy, which would see prompts and key.

const LOOPBACK = ["127.0.0.1", "localhost", "::1"] as const;

/** `NO_PROXY` and `no_proxy`, each its own value or else the other's, extended by loopback. */
export function extendNoProxy(
  upper: string | undefined,
  lower: string | undefined,
): Record<string, string> {
  // Programs differ in which one they read first, so both must say the same about the user's own hosts.
  return { NO_PROXY: extend(upper ?? lower ?? ""), no_proxy: extend(lower ?? upper ?? "") };
}

function extend(list: string): string {
  // A lone `*` is for everything, but only as long as it stands alone.
  if (list.trim() === "*") return list;
  const present = new Set(list.split(",").map((entry) => entry.trim()));
  const missing = LOOPBACK.filter((entry) => !present.has(entry));
  return [...(list.trim() === "" ? [] : [list]), ...missing].join(",");
}
