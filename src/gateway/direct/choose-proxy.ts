// Which proxy, if any, leads to an origin.
import type { Destination } from "./connector.ts";
import type { ProxyServer, ProxySettings } from "./network-settings.ts";
import { isBypassed, isLoopback } from "./no-proxy.ts";

/** null: directly. A server on this machine is reached directly unless `proxy.loopback` is set. */
export function chooseProxy(
  settings: ProxySettings,
  { isTls, host, port }: Destination,
): ProxyServer | null {
  const proxy = isTls ? settings.https : settings.http;
  if (proxy === null) return null;
  if (!settings.loopback && isLoopback(host)) return null;
  return isBypassed(settings.noProxy, host, port) ? null : proxy;
}

/** `origin` as in BaseUrl. */
export function parseOrigin(origin: string): Destination {
  const url = new URL(origin);
  const isTls = url.protocol === "https:";
  return {
    isTls,
    host: url.hostname.replace(/^\[(.*)\]$/, "$1"),
    port: Number(url.port) || (isTls ? 443 : 80),
  };
}
