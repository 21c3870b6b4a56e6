// Checks an installed runtime: that it is the one that was verified, that nothing runs at start, that it is not denied.
import { problem, UserError } from "../core/errors.ts";
import { runCommand } from "../platform/run-command.ts";
import { findRuntime } from "./find-runtime.ts";
import { readLock } from "./lock-file.ts";
import type { RuntimeLock } from "./lock-file.ts";
import { readMark } from "./mark.ts";
import { findSitePackages, readRecords } from "./records.ts";
import { refuseFaults } from "./refuse-faults.ts";
import { runtimeTitle } from "./runtime.ts";
import type { Runtime, RuntimeContext, RuntimeKind } from "./runtime.ts";
import { findStartHooks } from "./start-hooks.ts";
import { verifyFiles } from "./verify.ts";

export interface AuditOptions {
  /** Hash every file, too: some seconds. */
  readonly deep: boolean;
}

export interface Audit {
  readonly runtime: Runtime;
  readonly packages: number;
  /** How many files were hashed; null without `deep`. */
  readonly files: number | null;
}

type AuditContext = Pick<RuntimeContext, "runtimesDir" | "signal">;

const REMEDY = "make it anew: sidelite runtime install --rebuild";

/** Throws UserError: security (something was changed), machine (not installed, or its Python does not run). */
export async function auditRuntime(
  kind: RuntimeKind,
  context: AuditContext,
  options: AuditOptions,
): Promise<Audit> {
  return auditLocked(await readLock(kind), context, options);
}

/** The same for a given lock file. */
export async function auditLocked(
  lock: RuntimeLock,
  { runtimesDir, signal }: AuditContext,
  { deep }: AuditOptions,
): Promise<Audit> {
  const what = runtimeTitle(lock);
  const runtime = await findRuntime(lock, runtimesDir);
  const mark = runtime === null ? null : await readMark(runtime.dir);
  if (runtime === null || mark === null) {
    const remedy = "sidelite runtime install";
    throw new UserError(
      "machine",
      problem(`${what} is not installed`, { place: { source: runtimesDir }, remedy }),
    );
  }
  const { dir } = runtime;
  const verified = deep ? await verifyFiles(dir, signal) : null;
  const records = verified?.records ?? (await readRecords(await findSitePackages(dir)));
  const faults = [...(verified?.faults ?? [])];
  if (records.digest !== mark.recordsDigest) faults.unshift("the lists of installed files changed");
  const hooks = await findStartHooks(dir);
  const foreign = records.packages.filter((name) => !lock.pins.has(name));
  refuseFaults(what, { faults, hooks, foreign, packages: records.packages }, REMEDY);
  await checkPython(runtime, signal);
  return { runtime, packages: records.packages.length, files: verified?.files ?? null };
}

/** Only after the audit: starting it would run what hides in it. */
async function checkPython({ python, dir }: Runtime, signal: AbortSignal): Promise<void> {
  const command = {
    file: python,
    args: ["-I", "-c", "import sys; print(sys.prefix)"],
    env: {},
    cwd: "/",
  };
  const { status, stderr } = await runCommand({ ...command, timeoutMs: 15_000, signal });
  if (status.code === 0) return;
  throw new UserError(
    "machine",
    problem(`its Python does not run: ${stderr.trim()}`, {
      place: { source: dir },
      remedy: REMEDY,
    }),
  );
}
