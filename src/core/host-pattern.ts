// Host names with `*` in them: which addresses a rule about hosts means.

/** `host` or `host:port`; a `*` is one label or a part of it, a leading `*.` one label or more. */
const PATTERN =
  /^(?:\*\.)?[a-z0-9*](?:[a-z0-9*-]*[a-z0-9*])?(?:\.[a-z0-9*](?:[a-z0-9*-]*[a-z0-9*])?)*(?::\d{1,5})?$/i;
const IPV6 = /^\[[0-9a-f:.]+\](?::\d{1,5})?$/i;

/** A pattern names at least two labels literally, so that none means half the internet. */
export function isHostPattern(text: string): boolean {
  if (IPV6.test(text)) return true;
  if (!PATTERN.test(text)) return false;
  const labels = text.replace(/:\d+$/, "").split(".");
  return !text.includes("*") || labels.filter((label) => !label.includes("*")).length >= 2;
}

/** A pattern without a port means every port. */
export function matchesHost(url: URL, patterns: Iterable<string>): boolean {
  const host = url.hostname.toLowerCase();
  const port = url.port === "" ? (url.protocol === "https:" ? "443" : "80") : url.port;
  for (const pattern of patterns) {
    const [, name = "", wanted] = /^(.*?)(?::(\d+))?$/.exec(pattern.toLowerCase()) ?? [];
    const isName = IPV6.test(pattern) ? name === host : toRegExp(name).test(host);
    if (isName && (wanted === undefined || wanted === port)) return true;
  }
  return false;
}

/** Plain http to it stays on this machine. */
export function isLoopback({ hostname }: URL): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}

function toRegExp(name: string): RegExp {
  const [, tree = "", rest = ""] = /^(\*\.)?(.*)$/.exec(name) ?? [];
  const labels = rest.replaceAll(".", "\\.").replaceAll("*", "[a-z0-9-]+");
  return new RegExp(`^${tree === "" ? "" : "(?:[a-z0-9-]+\\.)+"}${labels}$`);
}
