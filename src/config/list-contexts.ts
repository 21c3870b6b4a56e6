// The contexts of a file at a glance.
import { isMapping } from "../core/converted.ts";
import type { ContextFile, Section } from "./context-file.ts";

export interface ContextSummary {
  readonly name: string;
  readonly current: boolean;
  readonly controlPlane: string | null;
  readonly user: string | null;
  readonly organization: string | null;
  /** What the proxy would serve: a path, "inline", or null when it is not enabled. */
  readonly proxy: string | null;
}

export function listContexts(file: ContextFile | null, current: string | null): ContextSummary[] {
  return [...(file?.contexts ?? [])].map(([name, section]) => ({
    name,
    current: name === current,
    controlPlane: textAt(section, "api-url"),
    user: textAt(section, "user"),
    organization: textAt(section, "organization"),
    proxy: proxyOf(section),
  }));
}

function proxyOf({ value }: Section): string | null {
  const proxy = value["litellm-proxy"];
  if (!isMapping(proxy) || !/^(?:true|yes|on|1)$/i.test(String(proxy["enabled"]))) return null;
  const path = proxy["config-file"];
  if (typeof path === "string") return path;
  return proxy["config-json"] === undefined ? "enabled" : "inline";
}

function textAt({ value }: Section, key: string): string | null {
  const found = value[key];
  return typeof found === "string" && found !== "" ? found : null;
}
