// Finds a Python that LiteLLM runs on, or says what was found instead and the command that mends it.
import { problem, UserError } from "../core/errors.ts";
import { runCommand } from "../platform/run-command.ts";
import { probePython, PYTHON_RANGE } from "./python-probe.ts";
import type { Python } from "./python-probe.ts";
import { findPrograms } from "./search-path.ts";
import type { Uv } from "./find-uv.ts";

export interface PythonSearch {
  readonly env: Readonly<Record<string, string>>;
  readonly folders: readonly string[];
  /** May know Pythons that are not on PATH. */
  readonly uv: Uv | null;
  readonly signal: AbortSignal;
}

/** The user's own choice first, then the versions that LiteLLM is most used with. */
const NAMES = [
  "python3",
  "python3.13",
  "python3.12",
  "python3.11",
  "python3.14",
  "python3.10",
  "python",
];

interface Rejected {
  readonly path: string;
  readonly reason: string;
  readonly version?: string;
}

/** Throws UserError("machine") when there is none. */
export async function findPython(search: PythonSearch): Promise<Python> {
  const rejected: Rejected[] = [];
  for await (const path of candidates(search)) {
    const probed = await probePython(path, search);
    if (probed.ok) return probed.python;
    const version = probed.version === undefined ? {} : { version: probed.version };
    rejected.push({ path, reason: probed.reason, ...version });
  }
  throw await noPython(search, rejected);
}

async function* candidates({ env, folders, uv, signal }: PythonSearch): AsyncGenerator<string> {
  for (const name of NAMES) yield* await findPrograms(name, folders);
  if (uv === null) return;
  const wanted = `>=3.${PYTHON_RANGE.oldest},<3.${PYTHON_RANGE.newest + 1}`;
  const args = ["python", "find", "--no-project", wanted];
  const found = await runCommand({ file: uv.path, args, env, cwd: "/", timeoutMs: 15_000, signal });
  if (found.status.code === 0) yield found.stdout.trim();
}

async function noPython(search: PythonSearch, rejected: readonly Rejected[]): Promise<UserError> {
  const seen = rejected.map(({ path, reason }) => `${path}: ${reason}`);
  const message =
    seen.length === 0
      ? `no Python found on PATH, CPython ${PYTHON_RANGE.text} is needed`
      : `no usable Python, CPython ${PYTHON_RANGE.text} is needed; found ${seen.join("; ")}`;
  const onlyOld = rejected.some(({ version }) => version !== undefined);
  return new UserError("machine", problem(message, { remedy: await remedyFor(search, onlyOld) }));
}

/** The command of the first package manager that this machine has. */
async function remedyFor({ folders, uv }: PythonSearch, onlyOld: boolean): Promise<string> {
  if (uv !== null) return `'${uv.path}' python install 3.12`;
  const managers = {
    brew: "brew install python@3.12",
    // The distribution's own Python is the one that was too old.
    "apt-get": onlyOld
      ? "python3 -m pip install --user uv && ~/.local/bin/uv python install 3.12"
      : "sudo apt-get install -y python3 python3-venv",
    dnf: "sudo dnf install -y python3.12",
    apk: "sudo apk add python3",
    pacman: "sudo pacman -S --needed python",
    zypper: "sudo zypper install -y python312",
  };
  for (const [name, command] of Object.entries(managers)) {
    if ((await findPrograms(name, folders)).length > 0) return command;
  }
  return `install CPython ${PYTHON_RANGE.text} and put it on PATH`;
}
