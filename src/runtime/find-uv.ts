// Finds a uv that is new enough, by running it.
import { runCommand } from "../platform/run-command.ts";
import { findPrograms } from "./search-path.ts";

export interface Uv {
  readonly path: string;
  readonly version: string;
}

export interface UvSearch {
  readonly env: Readonly<Record<string, string>>;
  readonly folders: readonly string[];
  readonly signal: AbortSignal;
}

/** The oldest release that installed our locks in a test; older ones are passed over. */
export const OLDEST_UV = "0.5.0";

const TIMEOUT_MS = 15_000;

/** null when the machine has none that can be used. */
export async function findUv(search: UvSearch): Promise<Uv | null> {
  for (const path of await findPrograms("uv", search.folders)) {
    const version = await readUvVersion(path, search);
    if (version !== null && isAtLeast(version, OLDEST_UV)) return { path, version };
  }
  return null;
}

/** null when it does not run. */
export async function readUvVersion(
  path: string,
  { env, signal }: Omit<UvSearch, "folders">,
): Promise<string | null> {
  try {
    const command = {
      file: path,
      args: ["--version"],
      env,
      cwd: "/",
      timeoutMs: TIMEOUT_MS,
      signal,
    };
    const { status, stdout } = await runCommand(command);
    const version = /^uv (\d+\.\d+\.\d+)/.exec(stdout)?.[1];
    return status.code === 0 && version !== undefined ? version : null;
  } catch {
    signal.throwIfAborted();
    return null;
  }
}

function isAtLeast(version: string, oldest: string): boolean {
  const [have, need] = [version, oldest].map((text) => text.split(".").map(Number));
  for (const [index, wanted] of (need ?? []).entries()) {
    const part = have?.[index] ?? 0;
    if (part !== wanted) return part > wanted;
  }
  return true;
}
