// Is the request meant for us, and from a program rather than a web page? Before any key is looked at.
import type { Head } from "./head.ts";
import { Refusal } from "./refusal.ts";

/** The spellings of our own address that a client may have been given. */
export function ownHosts(port: number): ReadonlySet<string> {
  return new Set([`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`]);
}

const MISDIRECTED = new Refusal(
  "misdirected",
  "This is sidelite's gateway; Host is not its address",
);
const CROSS_ORIGIN = new Refusal("forbidden", "Requests from web pages are refused");
const BAD_TARGET = new Refusal(
  "malformed",
  "The request target has characters that must be encoded",
);

/** Printable ASCII; a fragment never belongs into a request. */
const TARGET = /^\/[!"$-~]*$/;

/** DNS rebinding fails by Host; a page in a browser by Origin or Sec-Fetch-Site, a preflight included. */
export function checkRequest(head: Head, hosts: ReadonlySet<string>): Refusal | null {
  if (head.host === null || !hosts.has(head.host)) return MISDIRECTED;
  if (head.origin) return CROSS_ORIGIN;
  // A page on another local port is same-site: ports do not count there.
  if (head.fetchSite === "cross-site" || head.fetchSite === "same-site") return CROSS_ORIGIN;
  if (!TARGET.test(head.url)) return head.url.startsWith("/") ? BAD_TARGET : MISDIRECTED;
  if (head.problem !== null) return new Refusal("malformed", head.problem);
  return null;
}
