// Leaves no orphan when sidelite is SIGKILLed: a shell that waits for our end, then kills what we started.
import type { Cookie } from "./cookie.ts";
import { os } from "./os.ts";
import { REAPER_SCRIPT } from "./reaper-script.ts";
import { settledWithin } from "./settled-within.ts";
import type { Child } from "./spawn.ts";
import { spawnChild } from "./spawn.ts";

export interface Reaper {
  /** Of the shell that runs now. */
  readonly pid: number;
  /** Kill this process group, too, when sidelite dies. Never the group that `run` shares with its shell. */
  addGroup(pgid: number): void;
  /** Its leader has ended: the number may soon be a stranger's. */
  removeGroup(pgid: number): void;
  /** Ends the reaper without killing anything. */
  stop(): Promise<void>;
}

export interface ReaperOptions {
  /** A POSIX shell and its first arguments. */
  readonly shell?: readonly [string, ...string[]];
  /** As OperatingSystem.listing. */
  readonly listing?: readonly string[];
}

/** A shell that needs longer to end is killed. */
const QUIT_WAIT_MS = 1_000;
/** A reaper that something kills is replaced; one that cannot live is not replaced for ever. */
const MOST_REPLACEMENTS = 10;

export async function startReaper(cookie: Cookie, options: ReaperOptions = {}): Promise<Reaper> {
  const [file, ...first] = options.shell ?? ["/bin/sh"];
  const args = [
    ...first,
    "-c",
    REAPER_SCRIPT,
    "sidelite-reaper",
    ...(options.listing ?? os.listing),
  ];
  // MARK comes last: the script looks for it there.
  const env = { PATH: "/usr/bin:/bin:/usr/sbin:/sbin", LC_ALL: "C", MARK: cookie.value };
  const groups = new Set<number>();
  let shell: Child;
  let stopping = false;
  let replacements = 0;

  const order = (line: string): void => void shell.stdin?.write(`${line}\n`);
  const start = async (): Promise<void> => {
    // Its own session: a SIGKILL to our group or session must not reach it.
    shell = await spawnChild({
      file,
      args,
      env,
      cwd: "/",
      stdio: ["pipe", "ignore", "ignore"],
      ownGroup: true,
    });
    shell.stdin?.on("error", () => undefined);
    shell.unref();
    shell.stdio[0]?.unref();
    for (const group of groups) order(`+ ${group}`);
    void watch(shell);
  };
  const watch = async (watched: Child): Promise<void> => {
    await watched.exited;
    if (stopping || replacements === MOST_REPLACEMENTS) return;
    replacements += 1;
    await start().catch(() => undefined);
  };
  await start();

  return {
    get pid() {
      return shell.pid;
    },
    addGroup: (pgid) => {
      groups.add(pgid);
      order(`+ ${pgid}`);
    },
    removeGroup: (pgid) => {
      groups.delete(pgid);
      order(`- ${pgid}`);
    },
    stop: async () => {
      stopping = true;
      order("quit");
      await settledWithin(shell.exited, QUIT_WAIT_MS);
      shell.kill("SIGKILL");
    },
  };
}
