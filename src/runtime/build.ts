// Makes one runtime: in a fresh folder, verified before anything in it runs, renamed, marked complete.
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { problem, UserError } from "../core/errors.ts";
import { writeProblem } from "../platform/file-errors.ts";
import type { Reaper } from "../platform/reaper.ts";
import { runCommand } from "../platform/run-command.ts";
import { showProgress } from "./build-progress.ts";
import type { BuildProgress } from "./build-progress.ts";
import { compileFolder } from "./compile.ts";
import { describeRuntime } from "./find-runtime.ts";
import type { Installer } from "./installer.ts";
import type { RuntimeLock } from "./lock-file.ts";
import { writeMark } from "./mark.ts";
import type { Python } from "./python-probe.ts";
import { findSitePackages } from "./records.ts";
import { runInstaller } from "./run-installer.ts";
import { runtimeTitle } from "./runtime.ts";
import type { Runtime, RuntimeContext } from "./runtime.ts";
import { findStartHooks } from "./start-hooks.ts";
import { refuseFaults } from "./refuse-faults.ts";
import { verifyFiles } from "./verify.ts";

export interface BuildTools {
  readonly python: Python;
  readonly installer: Installer;
  /** The installers' whole environment, with the cookie that `temporary` carries in its name. */
  readonly env: Readonly<Record<string, string>>;
  readonly reaper: Reaper;
  /** Folder beside the target; must not exist. What `sweepTemporary` finds when we are killed. */
  readonly temporary: string;
}

/** The caller holds the lock of the runtimes folder. Leaves nothing behind when it throws. */
export async function buildRuntime(
  lock: RuntimeLock,
  tools: BuildTools,
  context: RuntimeContext,
): Promise<Runtime> {
  const { runtimesDir, report } = context;
  const title = runtimeTitle(lock);
  const { python, installer, temporary } = tools;
  const progress = report.progress(`installing ${title} with ${installer.name}`);
  let done: string | undefined;
  try {
    await mkdir(temporary, { mode: 0o700 });
    const sitePackages = await createEnvironment(tools, context.signal);
    const expected = lock.pins.size;
    const shown = showProgress(progress, { title, sitePackages, packages: expected });
    const result = await fill(lock, tools, context, sitePackages, shown).finally(() =>
      shown.stop(),
    );
    const runtime = describeRuntime(lock, join(runtimesDir, lock.id));
    await moveIntoPlace(temporary, runtime.dir);
    await writeMark(runtime.dir, {
      schemaVersion: 1,
      id: lock.id,
      ...result,
      python: python.version,
      installer: installer.name,
      installedAt: new Date().toISOString(),
    });
    done = `${title} installed: ${result.packages} packages, ${megabytes(result.bytes)} MB`;
    return runtime;
  } catch (error) {
    if (error instanceof UserError || context.signal.aborted) throw error;
    throw writeProblem("filled", temporary, error);
  } finally {
    progress.done(done);
    await rm(temporary, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** An environment without any package, not even pip; returns its site-packages. */
async function createEnvironment(
  { python, temporary, env }: BuildTools,
  signal: AbortSignal,
): Promise<string> {
  const args = ["-I", "-m", "venv", "--without-pip", temporary];
  const made = await runCommand({ file: python.path, args, env, cwd: "/", signal });
  if (made.status.code !== 0) {
    const said = (made.stderr || made.stdout).trim().split("\n").slice(-3).join("\n  ");
    const message = `Python ${python.version} cannot make an environment\n  ${said}`;
    const remedy = "on Debian and Ubuntu: sudo apt-get install -y python3-venv";
    throw new UserError("machine", problem(message, { place: { source: python.path }, remedy }));
  }
  // Scripts written by uv find their Python beside them, wherever the folder is moved.
  const settings = join(temporary, "pyvenv.cfg");
  const text = await readFile(settings, "utf8");
  const kept = text.split("\n").filter((line) => line !== "" && !line.startsWith("command "));
  await writeFile(settings, [...kept, "relocatable = true", ""].join("\n"));
  // They name the folder's old path.
  const scripts = ["Activate.ps1", "activate", "activate.csh", "activate.fish"];
  await Promise.all(scripts.map((name) => rm(join(temporary, "bin", name), { force: true })));
  return findSitePackages(temporary);
}

async function fill(
  lock: RuntimeLock,
  tools: BuildTools,
  { runtimesDir, signal }: RuntimeContext,
  sitePackages: string,
  shown: BuildProgress,
): Promise<{ recordsDigest: string; packages: number; bytes: number }> {
  const { python, installer, env, reaper, temporary } = tools;
  const inFinal = describeRuntime(lock, join(runtimesDir, lock.id));
  const inTemporary = describeRuntime(lock, temporary);
  shown.step("downloading");
  const target = { python: inTemporary.python, finalPython: inFinal.python };
  const command = installer.buildCommand(lock, target);
  const what = runtimeTitle(lock);
  await runInstaller(
    { command, env, cwd: temporary, reaper, signal, onLine: (line) => shown.line(line) },
    { installer: installer.name, what, python: python.version, runtimesDir },
  );
  shown.step("verifying and compiling");
  // Compiling parses, it does not run: it may go on beside the verification, and ends before the folder is removed.
  const compiling = compileFolder(sitePackages, temporary, { python: python.path, env, signal });
  const [verified, hooks, bytes] = await allDone(
    verifyFiles(temporary, signal),
    findStartHooks(temporary),
    compiling,
  );
  const { packages, digest } = verified.records;
  const foreign = packages.filter((name) => !lock.pins.has(name));
  refuseFaults(what, { faults: verified.faults, hooks, foreign, packages });
  return { recordsDigest: digest, packages: packages.length, bytes };
}

/** What stood there was incomplete, or is to be replaced; it goes where the sweep finds it. */
async function moveIntoPlace(temporary: string, dir: string): Promise<void> {
  const old = `${temporary}.old`;
  const stood = await rename(dir, old).then(
    () => true,
    () => false,
  );
  await rename(temporary, dir);
  if (stood) await rm(old, { recursive: true, force: true, maxRetries: 3 });
}

/** As Promise.all, but nothing goes on in the background after a failure. */
async function allDone<T extends readonly Promise<unknown>[]>(
  ...work: T
): Promise<{ -readonly [I in keyof T]: Awaited<T[I]> }> {
  await Promise.allSettled(work);
  return Promise.all(work);
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1e6);
}
