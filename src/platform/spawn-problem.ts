// Why a program could not be started, in words with a remedy and the exit code a shell would give.
import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { delimiter, resolve } from "node:path";
import { problem, UserError } from "../core/errors.ts";
import { errorCode } from "./file-errors.ts";

interface Attempt {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

/** Linux refuses a single argument or variable over 128 KiB (MAX_ARG_STRLEN), and too much of both together. */
const LONGEST_STRING = 131_072;

/**
 * Throws UserError notFound (127) or cannotRun (126) for a command that cannot be started, as the PATH of `env` finds
 * it. A cheap check before anything else is started for it.
 */
export async function checkCommand({ file, env, cwd }: Omit<Attempt, "args">): Promise<void> {
  const candidates = file.includes("/")
    ? [resolve(cwd, file)]
    : (env["PATH"] ?? "/usr/bin:/bin").split(delimiter).map((folder) => resolve(cwd, folder, file));
  let denied: string | null = null;
  for (const candidate of candidates) {
    const found = await stat(candidate).catch(() => null);
    if (found === null) continue;
    if (found.isFile() && (await isExecutable(candidate))) return;
    denied ??= found.isDirectory() ? `${candidate} is a folder` : `${candidate} is not executable`;
  }
  if (denied !== null) {
    const remedy = `chmod +x '${file}', or start it by its interpreter`;
    throw new UserError("cannotRun", problem(`cannot run ${file}: ${denied}`, { remedy }));
  }
  const remedy = file.includes("/")
    ? "check the path"
    : "check the spelling, or that its folder is in PATH";
  throw new UserError("notFound", problem(`command not found: ${file}`, { remedy }));
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** The error for what `spawn` answered. */
export async function spawnProblem(attempt: Attempt, error: unknown): Promise<UserError> {
  const code = errorCode(error);
  const { file, cwd } = attempt;
  const say = (
    exit: "notFound" | "cannotRun" | "usage" | "machine",
    message: string,
    remedy?: string,
  ) =>
    new UserError(exit, problem(message, remedy === undefined ? {} : { remedy }), { cause: error });
  switch (code) {
    case "E2BIG":
      return say(
        "usage",
        `cannot run ${file}: ${tooLong(attempt)}`,
        "put the long text into a file and name that",
      );
    case "EAGAIN":
    case "ENOMEM":
      return say(
        "machine",
        `cannot start ${file}: no process or memory left`,
        "check `ulimit -u` and the free memory",
      );
    case "EMFILE":
    case "ENFILE":
      return say(
        "machine",
        `cannot start ${file}: too many open files`,
        "raise the limit: ulimit -n 4096",
      );
    case "ENOENT":
    case "EACCES":
    case "ENOTDIR": {
      if (!(await stat(cwd).catch(() => null))?.isDirectory()) {
        return say("machine", `cannot start ${file}: its folder ${cwd} does not exist`);
      }
      const found = await checkCommand(attempt).catch((reason: unknown) => reason);
      if (found instanceof UserError) return found;
      const remedy =
        "check its first line: the interpreter after `#!` must exist and be executable";
      return say(
        "cannotRun",
        `cannot run ${file}: its interpreter cannot be started (${code})`,
        remedy,
      );
    }
    default:
      return say("cannotRun", `cannot run ${file}: ${code ?? String(error)}`);
  }
}

/** Names what is too long, never its value. */
function tooLong({ args, env }: Attempt): string {
  const variable = Object.entries(env).find(
    ([name, value]) => size(name) + size(value) + 2 > LONGEST_STRING,
  );
  if (variable !== undefined) {
    return `the variable ${variable[0]} has ${size(variable[1])} bytes, the system allows ${LONGEST_STRING}`;
  }
  const position = args.findIndex((argument) => size(argument) >= LONGEST_STRING);
  if (position >= 0) {
    return `argument ${position + 1} has ${size(args[position] ?? "")} bytes, the system allows ${LONGEST_STRING}`;
  }
  return "its arguments and environment together are longer than the system allows";
}

function size(text: string): number {
  return Buffer.byteLength(text);
}
