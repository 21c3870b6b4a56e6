// The layer of the environment.
import type { Host } from "../core/host.ts";
import { buildLayer } from "./build-layer.ts";
import type { Layer } from "./layer.ts";

export function buildEnvLayer({ env, cwd, home }: Pick<Host, "env" | "cwd" | "home">): Layer {
  return buildLayer({
    name: "env",
    baseDir: cwd,
    home,
    empty: "unset",
    find: ({ name }) => {
      const raw = Object.hasOwn(env, name) ? env[name] : undefined;
      return raw === undefined ? null : { raw, place: { source: name } };
    },
  });
}
