// The header rule (passthrough 4): what of the client's headers goes to a provider, and what is added.
import { CREDENTIAL_HEADERS, HOP_BY_HOP, PROVIDER_DATA_HEADERS } from "./header-names.ts";

/** Lower-case name -> name as it is sent, and value. */
export type HeaderSet = ReadonlyMap<string, readonly [name: string, value: string]>;

export interface HeaderRule {
  /** Wins over the client's header of the same name. */
  readonly added: HeaderSet;
  /** Lower-case names that do not go to this upstream besides those that never go. */
  readonly removed: ReadonlySet<string>;
}

const NEVER: ReadonlySet<string> = new Set([
  ...HOP_BY_HOP,
  ...CREDENTIAL_HEADERS,
  ...PROVIDER_DATA_HEADERS,
  "host",
  "content-length",
  "expect",
  "forwarded",
  "x-real-ip",
]);
/** Hop-by-hop, who the client is, and what is meant for the gateway. */
const NEVER_STARTS = ["proxy-", "x-forwarded-", "x-sidelite-"] as const;

/** Later groups win over earlier ones, whatever the case. */
export function mergeHeaders(...groups: readonly Iterable<readonly [string, string]>[]): HeaderSet {
  const merged = new Map<string, readonly [string, string]>();
  for (const group of groups) {
    for (const header of group) merged.set(header[0].toLowerCase(), header);
  }
  return merged;
}

/** The flat list for the upstream. `raw` is the client's, in order; duplicates are kept. */
export function buildRequestHeaders(raw: readonly string[], rule: HeaderRule): string[] {
  const { added, removed } = rule;
  const connection = connectionTokens(raw);
  const headers: string[] = [];
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index] ?? "";
    const lower = name.toLowerCase();
    if (NEVER.has(lower) || added.has(lower) || removed.has(lower)) continue;
    if (NEVER_STARTS.some((start) => lower.startsWith(start))) continue;
    if (connection?.has(lower)) continue;
    headers.push(name, raw[index + 1] ?? "");
  }
  for (const [name, value] of added.values()) headers.push(name, value);
  return headers;
}

/** A provider's response headers without hop-by-hop ones and cookies; the body is passed on as it is encoded. */
export function filterResponseHeaders(raw: readonly string[]): string[] {
  const connection = connectionTokens(raw);
  const headers: string[] = [];
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index] ?? "";
    const lower = name.toLowerCase();
    if (HOP_BY_HOP.has(lower) || lower === "set-cookie" || lower.startsWith("proxy-")) continue;
    if (connection?.has(lower)) continue;
    headers.push(name, raw[index + 1] ?? "");
  }
  return headers;
}

/** Headers named in Connection; null as a rule. */
function connectionTokens(raw: readonly string[]): ReadonlySet<string> | null {
  let tokens: Set<string> | null = null;
  for (let index = 0; index < raw.length; index += 2) {
    if (raw[index]?.length !== 10 || raw[index]?.toLowerCase() !== "connection") continue;
    for (const token of (raw[index + 1] ?? "").toLowerCase().split(",")) {
      const name = token.trim();
      // Of no use to look up: they are removed anyway.
      if (name !== "" && name !== "keep-alive" && name !== "close")
        (tokens ??= new Set()).add(name);
    }
  }
  return tokens;
}
