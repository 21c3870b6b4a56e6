// Removes the runtimes that no lock of this sidelite names and no running process uses.
import { rename, rm } from "node:fs/promises";
import { readInUse } from "./in-use.ts";
import { withInstallLock } from "./install-lock.ts";
import { listRuntimes } from "./list.ts";
import type { ListedRuntime } from "./list.ts";
import type { RuntimeContext } from "./runtime.ts";
import { createTemporary, sweepTemporary } from "./temporary.ts";

export interface Pruned {
  readonly removed: readonly ListedRuntime[];
  readonly kept: readonly ListedRuntime[];
}

export async function pruneRuntimes(
  context: Pick<RuntimeContext, "runtimesDir" | "report" | "signal">,
): Promise<Pruned> {
  const { runtimesDir, signal } = context;
  return withInstallLock(context, async () => {
    await sweepTemporary(runtimesDir);
    const removed: ListedRuntime[] = [];
    const kept: ListedRuntime[] = [];
    for (const runtime of await listRuntimes(runtimesDir)) {
      signal.throwIfAborted();
      const wanted = runtime.inUse || (runtime.current && runtime.complete);
      const gone = !wanted && (await remove(runtime, runtimesDir));
      (gone ? removed : kept).push(runtime);
    }
    return { removed, kept };
  });
}

/** false: somebody took it meanwhile, and has it back. */
async function remove({ id, dir }: ListedRuntime, runtimesDir: string): Promise<boolean> {
  const aside = createTemporary(runtimesDir).path("pruned");
  await rename(dir, aside);
  // A start marks first and looks then: either it is seen here, or it finds nothing and installs.
  if ((await readInUse(runtimesDir)).has(id)) {
    await rename(aside, dir);
    return false;
  }
  await rm(aside, { recursive: true, force: true, maxRetries: 3 });
  return true;
}
