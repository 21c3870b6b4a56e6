// The two programs that can fill an environment, as commands: uv, and pip where uv cannot be had.
import type { RuntimeLock } from "./lock-file.ts";
import type { Python } from "./python-probe.ts";
import type { Uv } from "./find-uv.ts";

interface Target {
  /** Its Python; the environment is empty. */
  readonly python: string;
  /** Where that Python will be when the folder has its name. */
  readonly finalPython: string;
}

export interface Installer {
  /** "uv 0.13.8", "pip" */
  readonly name: string;
  buildCommand(lock: RuntimeLock, target: Target): { file: string; args: readonly string[] };
}

/** A package without its hash, or one that would have to be built, ends the installation. */
const STRICT = ["--require-hashes", "--only-binary", ":all:"] as const;

export function uvInstaller(uv: Uv): Installer {
  return {
    name: `uv ${uv.version}`,
    buildCommand: (lock, target) => ({
      file: uv.path,
      // copy: a hard link would let a later edit of the cache change the runtime.
      args: ["pip", "sync", "--python", target.python, ...STRICT, "--link-mode", "copy", lock.path],
    }),
  };
}

/**
 * Runs the pip of another Python inside the new environment, which has none. Scripts get the interpreter's final path:
 * pip takes it from sys.executable. What that other Python has installed is not looked at.
 */
const PIP = `
import runpy, sys
sys.path.insert(0, sys.argv.pop(1))
sys.executable = sys.argv.pop(1)
runpy.run_module("pip", run_name="__main__", alter_sys=True)
`;

export function pipInstaller(pip: NonNullable<Python["pip"]>): Installer {
  const quiet = ["--no-input", "--progress-bar", "off", "--no-warn-script-location"];
  const options = ["--no-deps", "--ignore-installed", "--no-compile", ...STRICT, ...quiet];
  return {
    name: "pip",
    buildCommand: (lock, { python, finalPython }) => ({
      file: python,
      args: ["-I", "-c", PIP, pip, finalPython, "install", ...options, "-r", lock.path],
    }),
  };
}
