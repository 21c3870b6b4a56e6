// A runtime that is there and stays: found in a few milliseconds, else installed.
import { findRuntime } from "./find-runtime.ts";
import { markInUse } from "./in-use.ts";
import type { InstallOptions } from "./install.ts";
import { readLock } from "./lock-file.ts";
import type { RuntimeLock } from "./lock-file.ts";
import type { HeldRuntime, Runtime, RuntimeContext, RuntimeKind } from "./runtime.ts";

/** Throws what `installRuntime` throws. The caller releases it when nothing of it runs any more. */
export async function ensureRuntime(
  kind: RuntimeKind,
  context: RuntimeContext,
  options: InstallOptions = {},
): Promise<HeldRuntime> {
  return ensureLocked(await readLock(kind), context, options);
}

/** The same for a given lock file. */
export async function ensureLocked(
  lock: RuntimeLock,
  context: RuntimeContext,
  options: InstallOptions = {},
): Promise<HeldRuntime> {
  const { runtimesDir } = context;
  // Before the look: a `prune` between the two would see that it is used.
  const release = await markInUse(runtimesDir, lock.id);
  try {
    const found = options.rebuild === true ? null : await findRuntime(lock, runtimesDir);
    return { ...(found ?? (await install(lock, context, options))), release };
  } catch (error) {
    await release();
    throw error;
  }
}

/** null: not installed, or not usable; `ensureRuntime` finds out why. Writes nothing unless it is there. */
export async function holdInstalled(
  kind: RuntimeKind,
  runtimesDir: string,
): Promise<HeldRuntime | null> {
  const lock = await readLock(kind);
  const found = await findRuntime(lock, runtimesDir).catch(() => null);
  return found && { ...found, release: await markInUse(runtimesDir, lock.id) };
}

/** Loaded only when needed: every start comes through here, an installation is rare. */
async function install(
  ...arguments_: readonly [RuntimeLock, RuntimeContext, InstallOptions]
): Promise<Runtime> {
  const { installRuntime } = await import("./install.ts");
  return installRuntime(...arguments_);
}
