// The folders in which runtimes are made: named so that the next run finds them, and the processes that still write.
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { createCookie, restoreCookie, sweepCookie } from "../platform/cookie.ts";
import type { Cookie } from "../platform/cookie.ts";

const LABEL = "install";
const NAME = /^venv\.tmp-([0-9a-f]+)/;

export interface Temporary {
  /** For the environment of every process that works in the folders. */
  readonly cookie: Cookie;
  /** A folder beside the runtimes, on their file system, that does not exist yet. */
  path(purpose: string): string;
}

export function createTemporary(runtimesDir: string): Temporary {
  const cookie = createCookie(LABEL);
  const id = cookie.value.slice(LABEL.length + 1);
  return { cookie, path: (purpose) => join(runtimesDir, `venv.tmp-${id}.${purpose}`) };
}

/**
 * Removes what a killed installation left, after its processes. The caller holds the lock of the runtimes folder, so no
 * other installation is at work.
 */
export async function sweepTemporary(runtimesDir: string): Promise<void> {
  for (const name of await readdir(runtimesDir)) {
    const id = NAME.exec(name)?.[1];
    if (id === undefined) continue;
    await sweepCookie(restoreCookie(`${LABEL}-${id}`));
    await rm(join(runtimesDir, name), { recursive: true, force: true, maxRetries: 3 });
  }
}
