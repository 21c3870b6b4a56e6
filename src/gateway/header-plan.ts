// The headers that go to an upstream, and those that come back to the client.
import type { Head } from "./head.ts";

export const REQUEST_ID_HEADER = "x-sidelite-request-id";

export interface HeaderPlan {
  /** Name and value by turns: the upstream's credential; `head.forward` holds none. */
  readonly set: readonly string[];
  /** The lease's `authorization` instead, if it has one. */
  readonly byLease?: boolean;
}

/** `authorization`: the lease's. */
export function planHeaders(
  head: Head,
  { set, byLease }: HeaderPlan,
  authorization?: string,
): string[] {
  const credential =
    byLease === true && authorization !== undefined ? ["authorization", authorization] : set;
  // Our own address, already checked: LiteLLM builds links from it.
  return ["host", head.host ?? "", ...credential, ...head.forward];
}

/** For a WebSocket handshake: the offer is made again on the next hop. */
export function planUpgradeHeaders(head: Head, plan: HeaderPlan, authorization?: string): string[] {
  return [...planHeaders(head, plan, authorization), ...SWITCH];
}

/** Of the 101 that accepts it. */
export function planSwitchHeaders(raw: readonly string[], requestId: string): string[] {
  return [...SWITCH, ...planResponseHeaders(raw, requestId)];
}

const SWITCH = ["connection", "Upgrade", "upgrade", "websocket"];

const HOP_BY_HOP: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** Response headers by spelling, so that the hot path lowers no case; bounded, a provider may send anything. */
const seen = new Map<string, boolean>();
const MAX_SEEN = 1024;

function passes(name: string): boolean {
  const known = seen.get(name);
  if (known !== undefined) return known;
  const lower = name.toLowerCase();
  // No web page may read an answer, whatever LiteLLM's CORS setting says.
  const result = !HOP_BY_HOP.has(lower) && !lower.startsWith("access-control-");
  if (seen.size < MAX_SEEN) seen.set(name, result);
  return result;
}

export function planResponseHeaders(raw: readonly string[], requestId: string): string[] {
  const headers: string[] = [];
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index] ?? "";
    if (passes(name)) headers.push(name, raw[index + 1] ?? "");
  }
  headers.push(REQUEST_ID_HEADER, requestId);
  return headers;
}
