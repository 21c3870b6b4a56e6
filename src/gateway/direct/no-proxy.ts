// Which hosts are reached without the proxy: exact names, suffixes, addresses, ranges, ports and `*`.
import { BlockList, isIP } from "node:net";

interface Rule {
  /** null: any port. */
  readonly port: number | null;
  matches(host: string): boolean;
}

export type NoProxy = readonly Rule[];

/** Names match as in NO_PROXY of other programs (`plain: "suffix"`) or exactly. null: the entry is none of the forms. */
export function parseNoProxyEntry(entry: string, plain: "exact" | "suffix" = "exact"): Rule | null {
  const text = entry.trim().toLowerCase();
  if (text === "*") return { port: null, matches: () => true };
  const { host, port } = splitPort(text);
  if (host === "" || (port !== null && !(port > 0 && port < 65_536))) return null;
  const range = /^(.+)\/(\d{1,3})$/.exec(host);
  if (range) return parseRange(range[1] ?? "", Number(range[2]), port);
  const address = bare(host);
  const family = isIP(address);
  if (family !== 0) return parseRange(address, family === 4 ? 32 : 128, port);
  const name = host.replace(/\.$/, "");
  const suffix = name.startsWith("*.") ? name.slice(1) : name;
  if (!/^\.?[a-z0-9_-]+(\.[a-z0-9_-]+)*$/.test(suffix)) return null;
  if (!suffix.startsWith(".") && plain === "exact")
    return { port, matches: (other) => other === suffix };
  const domain = suffix.replace(/^\./, "");
  return { port, matches: (other) => other === domain || other.endsWith(`.${domain}`) };
}

/** `host` as in a URL: lower case, an IPv6 address in brackets or bare. */
export function isBypassed(rules: NoProxy, host: string, port: number): boolean {
  const name = bare(host.toLowerCase()).replace(/\.$/, "");
  return rules.some((rule) => (rule.port === null || rule.port === port) && rule.matches(name));
}

export function isLoopback(host: string): boolean {
  const name = bare(host.toLowerCase()).replace(/\.$/, "");
  if (name === "localhost" || name.endsWith(".localhost")) return true;
  return isIP(name) !== 0 && LOOPBACK.some((rule) => rule.matches(name));
}

const LOOPBACK = [parseRange("127.0.0.0", 8, null), parseRange("::1", 128, null)].filter(
  (rule) => rule !== null,
);

function parseRange(address: string, bits: number, port: number | null): Rule | null {
  const family = isIP(bare(address));
  if (family === 0 || bits > (family === 4 ? 32 : 128)) return null;
  const list = new BlockList();
  list.addSubnet(bare(address), bits, family === 4 ? "ipv4" : "ipv6");
  return {
    port,
    matches: (host) => {
      const kind = isIP(host);
      return kind !== 0 && list.check(host, kind === 4 ? "ipv4" : "ipv6");
    },
  };
}

/** A bare IPv6 address has colons but no port. */
function splitPort(text: string): { host: string; port: number | null } {
  const match = /^(\[[^\]]*\](?:\/\d+)?|[^:]*):(\d+)$/.exec(text);
  return match ? { host: match[1] ?? "", port: Number(match[2]) } : { host: text, port: null };
}

function bare(host: string): string {
  return host.startsWith("[") ? host.replace(/^\[([^\]]*)\]/, "$1") : host;
}
