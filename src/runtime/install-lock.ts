// One installation at a time in a runtimes folder, whoever starts it.
import { join } from "node:path";
import { BugError } from "../core/errors.ts";
import { ensurePrivateDir } from "../platform/files.ts";
import { acquireLock } from "../platform/lock.ts";
import type { RuntimeContext } from "./runtime.ts";

/** Runs `work` under the lock; waiting is told and ends with the signal. Creates the folder. */
export async function withInstallLock<T>(
  { runtimesDir, report, signal }: Pick<RuntimeContext, "runtimesDir" | "report" | "signal">,
  work: () => Promise<T>,
): Promise<T> {
  await ensurePrivateDir(runtimesDir);
  const path = join(runtimesDir, ".lock");
  let lock = await acquireLock(path, { signal });
  if (lock === null) {
    const progress = report.progress("waiting for another sidelite that is installing");
    try {
      lock = await acquireLock(path, { wait: true, signal });
    } finally {
      progress.done();
    }
  }
  if (lock === null) throw new BugError(`no lock on ${path} after waiting`);
  try {
    return await work();
  } finally {
    await lock.release();
  }
}
