// Names the settings that a running instance cannot take over.
import type { Config } from "../config/config.ts";

type Read = (config: Config) => string | number | null | undefined;

const FIXED: Readonly<Record<string, Read>> = {
  "the gateway's port": ({ proxy }) => proxy.port,
  "the readiness budget": ({ proxy }) => proxy.readinessSeconds,
  "the restart limit": ({ proxy }) => proxy.maxRestarts,
  "the model": ({ proxy }) => proxy.model,
  "the control plane's address": ({ controlPlane }) => controlPlane.url,
  "the worker's API key": ({ controlPlane }) => controlPlane.apiKey?.reveal(),
};

/** null: they are what they were at the start. */
export function settingsForNextStart(started: Config, latest: Config): string | null {
  const changed = Object.entries(FIXED).flatMap(([name, read]) =>
    read(started) === read(latest) ? [] : [name],
  );
  if (changed.length === 0) return null;
  return `${changed.join(", ")} changed too, which takes effect at the next start`;
}
