// The layer of the command line: what the user typed, nothing else.
import type { Host } from "../core/host.ts";
import { buildLayer } from "./build-layer.ts";
import type { Layer } from "./layer.ts";

/** Camel-cased long names of the flags, as typed; absent: not typed. `--no-x` is `x: false`. */
export type Flags = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;

export function buildFlagLayer(flags: Flags, host: Pick<Host, "cwd" | "home">): Layer {
  return buildLayer({
    name: "flags",
    baseDir: host.cwd,
    home: host.home,
    empty: "fault",
    find: ({ name }) => {
      const key = flagKey(name);
      const raw = Object.hasOwn(flags, key) ? flags[key] : undefined;
      if (raw === undefined) return null;
      return { raw, place: { source: raw === false ? name.replace(/^--/, "--no-") : name } };
    },
  });
}

/** `--proxy-config-file` -> `proxyConfigFile`. */
export function flagKey(name: string): string {
  return name.slice(2).replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
