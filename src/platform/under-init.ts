// As PID 1 of a container without an init: every orphan comes to us, and Node waits for its own children only.
import { UserError } from "../core/errors.ts";
import { toExitCode } from "./exit-status.ts";
import type { Child } from "./spawn.ts";
import { spawnChild } from "./spawn.ts";

/**
 * Becomes the one to whom orphans go (PR_SET_CHILD_SUBREAPER), runs its arguments, waits for whoever ends, hands signals
 * on, and ends as its child ended. The environment comes over descriptor 3, since Python may change its own.
 */
const INIT = `
import ctypes, os, signal, sys
with open(3, "rb") as line:
    entries = [entry.partition(b"=") for entry in line.read().split(b"\\0") if entry]
ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)
handed = [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2]
signal.pthread_sigmask(signal.SIG_BLOCK, handed)
child = os.posix_spawn(
    sys.argv[1],
    sys.argv[1:],
    {name: value for name, _, value in entries},
    setsigmask=[],
    setsigdef=[signal.SIGPIPE, signal.SIGXFSZ],
)
for number in handed:
    signal.signal(number, lambda received, _: os.kill(child, received))
signal.pthread_sigmask(signal.SIG_UNBLOCK, handed)
while True:
    ended, status = os.wait()
    if ended == child:
        code = os.waitstatus_to_exitcode(status)
        sys.exit(128 - code if code < 0 else code)
`;
const HANDED = ["SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT", "SIGUSR2"] as const;
/** Those that stay and start what may leave orphans. */
const STAYING = /^(?:worker start|proxy start|run|demo)\b/;

export function needsInit(argv: readonly string[]): boolean {
  return process.pid === 1 && process.platform === "linux" && STAYING.test(argv.join(" "));
}

/** Runs this very command one level lower; its exit code. null: there is no Python for that. */
export async function runUnderInit(): Promise<number | null> {
  const { PATH = "/usr/bin:/bin" } = process.env;
  let init: Child;
  try {
    init = await spawnChild({
      file: "python3",
      args: ["-IS", "-c", INIT, process.execPath, ...process.execArgv, ...process.argv.slice(1)],
      env: { PATH, LC_ALL: "C" },
      stdio: ["inherit", "inherit", "inherit", "pipe"],
      ownGroup: false,
    });
  } catch (error) {
    if (error instanceof UserError) return null;
    throw error;
  }
  for (const signal of HANDED) process.on(signal, () => init.kill(signal));
  const environment = Object.entries(process.env).map(([name, value]) => `${name}=${value}`);
  const line = init.stdio[3];
  line?.on("error", () => line.destroy());
  line?.end(environment.join("\0"));
  return toExitCode(await init.exited);
}
