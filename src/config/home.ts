// Where sidelite keeps its files: `~/.kubiya`, or what SIDELITE_HOME and SIDELITE_RUNTIME_DIR say.
import { join } from "node:path";
import { problem, UserError } from "../core/errors.ts";
import type { Host } from "../core/host.ts";
import { parsePath } from "./parse-path.ts";
import { Invalid } from "./spelling.ts";

export interface SideliteHome {
  /** Absolute; holds the context file, `workers/` and `runtimes/`. */
  readonly dir: string;
  /** Absolute; the managed Python environments. */
  readonly runtimesDir: string;
}

/** Throws UserError("usage") when a variable is no path, ("machine") when there is no home folder at all. */
export function resolveHome(host: Pick<Host, "env" | "cwd" | "home">): SideliteHome {
  const dir = readFolder("SIDELITE_HOME", host) ?? defaultHome(host.home);
  return { dir, runtimesDir: readFolder("SIDELITE_RUNTIME_DIR", host) ?? join(dir, "runtimes") };
}

function readFolder(
  name: string,
  { env, cwd, home }: Pick<Host, "env" | "cwd" | "home">,
): string | null {
  const raw = Object.hasOwn(env, name) ? env[name] : undefined;
  if (raw === undefined || raw === "") return null;
  const path = parsePath(raw, { baseDir: cwd, home });
  if (!(path instanceof Invalid)) return path;
  throw new UserError(
    "usage",
    problem(path.message, { place: { source: name }, remedy: path.remedy }),
  );
}

function defaultHome(home: string | null): string {
  if (home !== null && home !== "") return join(home, ".kubiya");
  throw new UserError(
    "machine",
    problem("no home folder is known", { remedy: "set SIDELITE_HOME to a folder of yours" }),
  );
}
