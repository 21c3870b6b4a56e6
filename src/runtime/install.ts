// Installs one runtime under the lock: sweeps what a killed run left, finds the tools, builds.
import { problem, UserError } from "../core/errors.ts";
import { startReaper } from "../platform/reaper.ts";
import { buildRuntime } from "./build.ts";
import type { BuildTools } from "./build.ts";
import { findPython } from "./find-python.ts";
import { findRuntime } from "./find-runtime.ts";
import { findUv, OLDEST_UV, readUvVersion } from "./find-uv.ts";
import type { Uv } from "./find-uv.ts";
import { withInstallLock } from "./install-lock.ts";
import { buildInstallerEnvironment, buildProbeEnvironment } from "./installer-environment.ts";
import { readInstallerFiles } from "./installer-files.ts";
import { pipInstaller, uvInstaller } from "./installer.ts";
import type { Installer } from "./installer.ts";
import { readLock } from "./lock-file.ts";
import type { RuntimeLock } from "./lock-file.ts";
import type { Python } from "./python-probe.ts";
import type { Runtime, RuntimeContext } from "./runtime.ts";
import { searchPath } from "./search-path.ts";
import { createTemporary, sweepTemporary } from "./temporary.ts";

export interface InstallOptions {
  /** Make it anew though a complete one is there; that one serves until the new one is verified. */
  readonly rebuild?: boolean;
}

/** Throws UserError: machine (no Python, disk, network), security (hash, start-up code, denied release). */
export async function installRuntime(
  lock: RuntimeLock,
  context: RuntimeContext,
  { rebuild = false }: InstallOptions = {},
): Promise<Runtime> {
  const { runtimesDir } = context;
  return withInstallLock(context, async () => {
    await sweepTemporary(runtimesDir);
    const found = rebuild ? null : await findRuntime(lock, runtimesDir);
    if (found !== null) return found;
    const temporary = createTemporary(runtimesDir);
    const reaper = await startReaper(temporary.cookie);
    try {
      const marked = { [temporary.cookie.name]: temporary.cookie.value };
      const { python, uv, env } = await findTools(context, marked);
      const tools = { python, env: { ...env, ...marked }, reaper };
      const at = (purpose: string) => ({ ...tools, temporary: temporary.path(purpose) });
      const installer = uv === null ? await fetchUv(at("uv"), context) : uvInstaller(uv);
      const runtime = await buildRuntime(lock, { ...at(lock.kind), installer }, context);
      context.report.event({ name: "runtime.installed", fields: { id: lock.id } });
      return runtime;
    } finally {
      await reaper.stop();
    }
  });
}

async function findTools(
  { env, home, report, signal }: RuntimeContext,
  marked: Readonly<Record<string, string>>,
): Promise<{ python: Python; uv: Uv | null; env: Readonly<Record<string, string>> }> {
  const folders = searchPath(env, home);
  const search = { env: { ...buildProbeEnvironment(env), ...marked }, folders, signal };
  const uv = await findUv(search);
  const python = await findPython({ ...search, uv });
  const installer = uv === null ? `no uv ${OLDEST_UV} or newer` : `uv ${uv.version} (${uv.path})`;
  report.info(`found Python ${python.version} (${python.path}), ${installer}`);
  const files = await readInstallerFiles(python, { env, signal });
  for (const text of files.problems) report.verbose(`not read: ${text}`);
  const built = buildInstallerEnvironment(env, files);
  if (built.ignored.length > 0) {
    report.verbose(`not honoured when installing: ${built.ignored.join(", ")}`);
  }
  return { python, uv, env: built.env };
}

/** uv of our own, from its lock, by pip; pip itself where uv cannot be had. */
async function fetchUv(
  tools: Omit<BuildTools, "installer">,
  context: RuntimeContext,
): Promise<Installer> {
  const { python, env } = tools;
  const { runtimesDir, signal, report } = context;
  if (python.pip === null) {
    const message = `Python ${python.version} has no pip, and there is no uv ${OLDEST_UV} or newer`;
    const remedy =
      "sudo apt-get install -y python3-venv (Debian, Ubuntu); elsewhere install pip or uv";
    throw new UserError("machine", problem(message, { place: { source: python.path }, remedy }));
  }
  const pip = pipInstaller(python.pip);
  try {
    const lock = await readLock("uv");
    const found = await findRuntime(lock, runtimesDir);
    const runtime = found ?? (await buildRuntime(lock, { ...tools, installer: pip }, context));
    const path = runtime.bin("uv");
    const version = await readUvVersion(path, { env, signal });
    if (version !== null) return uvInstaller({ path, version });
    report.verbose(`${path} does not run here`);
  } catch (error) {
    if (signal.aborted || !(error instanceof UserError) || error.exit === "security") throw error;
    report.verbose(`no uv: ${error.message}`);
  }
  return pip;
}
