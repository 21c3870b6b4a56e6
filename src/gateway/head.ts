// One pass over a request's head: the facts that the gateway decides by, and the headers that go on.
import { headerKind } from "./header-kinds.ts";

export interface Head {
  readonly method: string;
  /** The request target as sent. */
  readonly url: string;
  /** Without the query. */
  readonly path: string;
  /** End-to-end headers, name and value by turns; credentials, framing and Host are out. */
  readonly forward: readonly string[];
  /** Provider data headers, name and value by turns. */
  readonly providerData: readonly string[];
  /** null: missing or repeated. */
  readonly host: string | null;
  readonly origin: boolean;
  readonly fetchSite: string | null;
  /** Keys offered, whatever header carried them. */
  readonly keys: readonly string[];
  /** Lower case, without parameters. */
  readonly mediaType: string | null;
  /** null: none was declared. */
  readonly contentLength: number | null;
  readonly chunked: boolean;
  readonly upgrade: string | null;
  readonly anthropic: boolean;
  /** Why the head must be refused (400), or null. */
  readonly problem: string | null;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** `raw` as in `IncomingMessage.rawHeaders`. */
export function readHead(method: string, url: string, raw: readonly string[]): Head {
  const query = url.indexOf("?");
  const forward: string[] = [];
  const keys: string[] = [];
  const providerData: string[] = [];
  const head: Mutable<Head> = {
    method,
    url,
    path: query < 0 ? url : url.slice(0, query),
    forward,
    providerData,
    host: null,
    origin: false,
    fetchSite: null,
    keys,
    mediaType: null,
    contentLength: null,
    chunked: false,
    upgrade: null,
    anthropic: false,
    problem: null,
  };
  let hosts = 0;
  let named: string | null = null;
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index] ?? "";
    const value = raw[index + 1] ?? "";
    switch (headerKind(name)) {
      case "drop":
        break;
      case "host":
        hosts += 1;
        head.host = value;
        break;
      case "bearer":
        if (/^bearer /i.test(value)) keys.push(value.slice(7).trim());
        break;
      case "key":
        keys.push(value);
        break;
      case "origin":
        head.origin = true;
        break;
      case "fetch-site":
        head.fetchSite = value.toLowerCase();
        break;
      case "content-length":
        head.contentLength = Number(value);
        break;
      case "transfer-encoding":
        head.chunked = true;
        break;
      case "upgrade":
        head.upgrade = value;
        break;
      case "connection":
        named = named === null ? value : `${named},${value}`;
        break;
      case "content-type":
        if (head.mediaType !== null) head.problem = "Content-Type is repeated";
        head.mediaType = mediaType(value);
        forward.push(name, value);
        break;
      case "provider-data":
        providerData.push(name, value);
        break;
      case "anthropic-version":
        head.anthropic = true;
        forward.push(name, value);
        break;
      case "pass":
        forward.push(name, value);
    }
  }
  if (hosts !== 1) head.host = null;
  if (named !== null) dropNamed(head, forward, named);
  return head;
}

function mediaType(value: string): string {
  const end = value.indexOf(";");
  return (end < 0 ? value : value.slice(0, end)).trim().toLowerCase();
}

/** Removes the headers that Connection names (RFC 9110 7.6.1); naming one we decide by is an attack. */
function dropNamed(head: Mutable<Head>, forward: string[], connection: string): void {
  if (connection === "keep-alive" || connection === "close") return;
  for (const part of connection.toLowerCase().split(",")) {
    const option = part.trim();
    if (option === "" || option === "close") continue;
    const kind = headerKind(option);
    if (kind === "drop" || kind === "upgrade") continue;
    if (kind !== "pass") {
      head.problem = `Connection must not name ${option.slice(0, 32)}`;
      return;
    }
    for (let index = forward.length - 2; index >= 0; index -= 2) {
      if (forward[index]?.toLowerCase() === option) forward.splice(index, 2);
    }
  }
}
