// Asks one Python what it is, by running it: pyenv's shims and broken links only show then.
import { z } from "zod";
import { runCommand } from "../platform/run-command.ts";

export interface Python {
  /** The interpreter itself, not a shim or a virtual environment's link. */
  readonly path: string;
  /** "3.11.7" */
  readonly version: string;
  /** Where pip can be imported from: a wheel or a folder; null: it has none. */
  readonly pip: string | null;
}

export type Probed =
  | { readonly ok: true; readonly python: Python }
  /** `version` where it is known: too old or too new. */
  | { readonly ok: false; readonly reason: string; readonly version?: string };

/** LiteLLM's wheels; the next minor version of Python has none yet. */
export const PYTHON_RANGE = { oldest: 10, newest: 14, text: "3.10 to 3.14" } as const;

/** A shim may ask a version manager first. */
const TIMEOUT_MS = 15_000;

/** Where the locks have wheels for every package, as `system-machine`. */
const MACHINES: readonly string[] = ["linux-x86_64", "linux-aarch64", "darwin-arm64"];

/** Runs from Python 2.7 on, so that an old one can say what it is. */
const PROBE = `
import glob, json, os, platform, struct, sys, sysconfig
def pip():
    folders = [sysconfig.get_config_var("WHEEL_PKG_DIR"), "/usr/share/python-wheels"]
    try:
        import ensurepip
        folders.insert(0, os.path.join(os.path.dirname(ensurepip.__file__), "_bundled"))
    except ImportError:
        pass
    for folder in folders:
        wheels = sorted(glob.glob(os.path.join(folder, "pip-*.whl"))) if folder else []
        if wheels:
            return wheels[-1]
    try:
        import importlib.util
        spec = importlib.util.find_spec("pip")
        return os.path.dirname(os.path.dirname(spec.origin)) if spec and spec.origin else None
    except ImportError:
        return None
def has(name):
    try:
        __import__(name)
        return True
    except ImportError:
        return False
print(json.dumps({
    "version": "%d.%d.%d" % sys.version_info[:3],
    "implementation": platform.python_implementation(),
    "path": getattr(sys, "_base_executable", None) or sys.executable,
    "bits": struct.calcsize("P") * 8,
    "machine": (platform.system() + "-" + platform.machine()).lower(),
    "free_threaded": bool(sysconfig.get_config_var("Py_GIL_DISABLED")),
    "venv": has("venv"),
    "pip": pip(),
}))
`;

export async function probePython(
  path: string,
  options: { readonly env: Readonly<Record<string, string>>; readonly signal: AbortSignal },
): Promise<Probed> {
  // -I: no PYTHON* variable, no user site, no module from the cwd.
  const command = {
    file: path,
    args: ["-I", "-c", PROBE],
    cwd: "/",
    timeoutMs: TIMEOUT_MS,
    ...options,
  };
  const result = await runCommand(command).catch((error: unknown) => {
    options.signal.throwIfAborted();
    return error instanceof Error ? error : new Error(String(error));
  });
  if (result instanceof Error) return { ok: false, reason: "cannot be run" };
  if (result.timedOut) return { ok: false, reason: `no answer in ${TIMEOUT_MS / 1000} s` };
  const answer = parseAnswer(result.stdout);
  if (answer !== null) return judge(answer);
  const version = /\b([23]\.\d+(?:\.\d+)?)/.exec(result.stdout)?.[1];
  if (version !== undefined && !isSupported(version)) return unsupported(version);
  return { ok: false, reason: `does not run (exit ${result.status.code ?? result.status.signal})` };
}

const ANSWER = z.object({
  version: z.string(),
  implementation: z.string(),
  path: z.string(),
  bits: z.number(),
  machine: z.string(),
  free_threaded: z.boolean(),
  venv: z.boolean(),
  pip: z.string().nullable(),
});

function parseAnswer(stdout: string): z.infer<typeof ANSWER> | null {
  try {
    return ANSWER.parse(JSON.parse(stdout));
  } catch {
    return null;
  }
}

function judge(answer: z.infer<typeof ANSWER>): Probed {
  const { version, path, pip } = answer;
  const refuse = (reason: string): Probed => ({ ok: false, reason: `${version} ${reason}` });
  if (!isSupported(version)) return unsupported(version);
  if (answer.implementation !== "CPython")
    return refuse(`is ${answer.implementation}, not CPython`);
  if (answer.free_threaded)
    return refuse("is the free-threaded build, LiteLLM has no packages for it");
  if (answer.bits !== 64) return refuse("is a 32-bit program");
  if (!MACHINES.includes(answer.machine)) {
    return refuse(`is built for ${answer.machine}; there are packages for ${MACHINES.join(", ")}`);
  }
  if (!answer.venv) return refuse("has no venv module (Debian and Ubuntu: python3-venv)");
  return { ok: true, python: { path, version, pip } };
}

function isSupported(version: string): boolean {
  const [major, minor = 0] = version.split(".").map(Number);
  return major === 3 && minor >= PYTHON_RANGE.oldest && minor <= PYTHON_RANGE.newest;
}

function unsupported(version: string): Probed {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const old = major < 3 || minor < PYTHON_RANGE.oldest;
  return { ok: false, version, reason: `${version} is too ${old ? "old" : "new"}` };
}
