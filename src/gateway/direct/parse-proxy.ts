// Parses `network.proxy` and the proxy variables of the environment.
import type { Environment } from "../../core/host.ts";
import { lookUp } from "../../core/references.ts";
import { Secret } from "../../core/secret.ts";
import type { Fields } from "./fields.ts";
import type { ProxyServer, ProxySettings } from "./network-settings.ts";
import { parseNoProxyEntry } from "./no-proxy.ts";
import type { NetworkContext } from "./parse-network.ts";

const NO_PROXY: ProxySettings = Object.freeze({
  http: null,
  https: null,
  cacert: null,
  noProxy: [],
  loopback: false,
});

/** `proxy: false` switches the environment's proxy off; an absent block takes it. */
export function parseProxy(network: Fields, context: NetworkContext): ProxySettings {
  const written = network.raw("proxy");
  if (written === false) return NO_PROXY;
  const proxy = network.mapping("proxy");
  if (proxy === null) return context.defaults.proxy;
  const [url, http, https] = [proxy.text("url"), proxy.text("http"), proxy.text("https")];
  if (url !== null && (http !== null || https !== null)) {
    proxy.fail("url", "cannot stand beside http or https", "keep url alone, or http and https");
  }
  const server = (name: string, text: string | null) => {
    if (text === null) return null;
    proxy.keepNames(name, /^[^@]*@/);
    const parsed = parseProxyUrl(text);
    if (parsed === null) {
      proxy.fail(
        name,
        "is not the URL of an HTTP proxy",
        "write it as http://host:port or https://host:port",
      );
    } else if (parsed.authorization) proxy.keepSecret(parsed.authorization);
    return parsed;
  };
  const both = server("url", url);
  const noProxy = (proxy.texts("no_proxy") ?? [])
    .flatMap((text) => text.split(","))
    .filter((text) => text.trim() !== "")
    .map((text) => {
      const rule = parseNoProxyEntry(text);
      if (rule === null) {
        const remedy =
          "write a host, .suffix, address, range (10.0.0.0/8) or *, each with :port if needed";
        proxy.fail(
          "no_proxy",
          `${JSON.stringify(text.trim())} is not an entry for no_proxy`,
          remedy,
        );
      }
      return rule;
    });
  const cacert = proxy.text("cacert");
  const parsed: ProxySettings = {
    http: server("http", http) ?? both,
    https: server("https", https) ?? both,
    cacert: cacert === null ? null : context.path(cacert),
    noProxy: noProxy.filter((rule) => rule !== null),
    loopback: proxy.flag("loopback") ?? false,
  };
  proxy.refuseUnknown();
  return parsed;
}

/** As curl reads it: upper-case HTTP_PROXY is ignored, because a CGI request could set it. */
export function proxyFromEnvironment(env: Environment): ProxySettings {
  const read = (...names: string[]) => {
    for (const name of names) {
      const text = lookUp(env, name);
      if (text !== null) return parseProxyUrl(text.includes("://") ? text : `http://${text}`);
    }
    return null;
  };
  const http = read("http_proxy");
  const https = read("https_proxy", "HTTPS_PROXY");
  if (http === null && https === null) return NO_PROXY;
  const entries = (lookUp(env, "no_proxy") ?? lookUp(env, "NO_PROXY") ?? "").split(",");
  const noProxy = entries
    .map((entry) => parseNoProxyEntry(entry, "suffix"))
    .filter((rule) => rule !== null);
  return { ...NO_PROXY, http, https, noProxy };
}

function parseProxyUrl(text: string): ProxyServer | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:")) return null;
  const isTls = url.protocol === "https:";
  const user = decode(url.username);
  const password = decode(url.password);
  if (user === null || password === null) return null;
  const basic = Buffer.from(`${user}:${password}`).toString("base64");
  return {
    isTls,
    host: url.hostname.replace(/^\[(.*)\]$/, "$1"),
    port: Number(url.port) || (isTls ? 443 : 80),
    authorization: url.username === "" ? null : new Secret(`Basic ${basic}`),
  };
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
