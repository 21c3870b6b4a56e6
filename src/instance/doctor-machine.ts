// doctor: this machine. Node, Python, the installed runtimes, and who may read our files.
import { chmod, lstat } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../core/errors.ts";
import { auditRuntime } from "../runtime/audit.ts";
import { findPython } from "../runtime/find-python.ts";
import { findUv } from "../runtime/find-uv.ts";
import { buildProbeEnvironment } from "../runtime/installer-environment.ts";
import { listRuntimes } from "../runtime/list.ts";
import { runtimeTitle } from "../runtime/runtime.ts";
import { searchPath } from "../runtime/search-path.ts";
import type { Check, Finding, Patient } from "./doctor-check.ts";
import { ok, toFinding } from "./doctor-check.ts";

export const MACHINE_CHECKS: readonly Check[] = [
  { name: "python", look: checkPython },
  { name: "runtime", look: checkRuntime },
  { name: "files", look: checkFiles },
];

async function checkPython({ context }: Patient): Promise<readonly Finding[]> {
  const { env, home } = context.host;
  const folders = searchPath(env, home);
  const search = { env: buildProbeEnvironment(env), folders, signal: context.signals.abort };
  return found(async () => {
    const uv = await findUv(search);
    const { version, path } = await findPython({ ...search, uv });
    return ok(`Python ${version} (${path})${uv ? `, uv ${uv.version}` : ""}`);
  });
}

async function checkRuntime({ home, context, flags }: Patient): Promise<readonly Finding[]> {
  const { runtimesDir } = home;
  const listed = await listRuntimes(runtimesDir);
  const installed = listed.some(
    ({ kind, current, complete }) => kind === "litellm" && current && complete,
  );
  if (!installed) {
    const message = "LiteLLM is not installed yet; the first start does it";
    return [{ result: "note", message, remedy: "sidelite runtime install" }];
  }
  return found(async () => {
    const deep = flags["deep"] === true;
    const where = { runtimesDir, signal: context.signals.abort };
    const { runtime, packages, files } = await auditRuntime("litellm", where, { deep });
    const hashed = files === null ? "" : `, ${files} files hashed`;
    return ok(`${runtimeTitle(runtime)} is as it was installed: ${packages} packages${hashed}`);
  });
}

/** Ours are private from their creation; the context file and the home may be older than us. */
async function checkFiles({ home, config }: Patient): Promise<readonly Finding[]> {
  const contextFile = config?.context.file ?? join(home.dir, "config");
  const checked = await Promise.all([
    checkMode(home.dir, 0o700, "the folder of sidelite's files"),
    checkMode(contextFile, 0o600, "the context file"),
  ]);
  const findings = checked.flat();
  return findings.length > 0 ? findings : ok("only you can read them");
}

async function checkMode(path: string, wanted: number, what: string): Promise<Finding[]> {
  const stats = await lstat(path).catch(() => null);
  if (stats === null || stats.isSymbolicLink() || (stats.mode & 0o077) === 0) return [];
  const mode = wanted.toString(8);
  return [
    {
      result: "warning",
      message: `${what} can be read by others: ${path}`,
      remedy: `chmod ${mode} '${path}'`,
      fix: async () => {
        await chmod(path, wanted);
        return `${path} has mode ${mode} now`;
      },
    },
  ];
}

async function found(look: () => Promise<readonly Finding[]>): Promise<readonly Finding[]> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.problems.map((problem) => toFinding(problem, problem.place?.source ?? ""));
  }
}
