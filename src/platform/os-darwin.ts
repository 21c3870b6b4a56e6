// macOS: no /proc; processes are asked of ps(1). The commands are arguments so that Linux's ps can stand in for it.
import { perlLock, pythonLock } from "./lock-helpers.ts";
import type { OperatingSystem } from "./os-contract.ts";
import { runCommand } from "./run-command.ts";

export interface PsCommands {
  /** Prints "pid command-line environment" a line, for every process whose environment may be read. */
  readonly listing: readonly string[];
  readonly bootId: readonly string[];
}

export function createPsSystem(commands: PsCommands): OperatingSystem {
  return {
    identify: async (pid) => {
      const found = await readProcess(pid);
      if (found === null || found.state.startsWith("Z")) return null;
      return { pid, startTime: found.startTime, bootId: (await output(commands.bootId)).trim() };
    },
    findByEnvironment: async (entry) => {
      const lines = (await output(commands.listing)).split("\n");
      const found = lines.filter((line) => line.includes(` ${entry}`));
      return found.map((line) => Number.parseInt(line, 10)).filter((pid) => pid > 0);
    },
    isStopped: async (pid) => (await readProcess(pid))?.state.startsWith("T") ?? false,
    measure: async (pid) => {
      const line = await output(["ps", "-o", "time=", "-o", "rss=", "-p", String(pid)]);
      const [time, residentKb] = line.trim().split(/\s+/);
      if (!time || !residentKb) return null;
      return {
        cpuSeconds: readTime(time),
        waitedSeconds: 0,
        residentMb: Number(residentKb) / 1024,
      };
    },
    lockHelpers: [perlLock, pythonLock],
    listing: commands.listing,
  };
}

/** null when there is no such process. */
async function readProcess(pid: number): Promise<{ state: string; startTime: string } | null> {
  const line = await output(["ps", "-o", "stat=", "-o", "lstart=", "-p", String(pid)]);
  const [state, ...started] = line.trim().split(/\s+/);
  return state ? { state, startTime: started.join(" ") } : null;
}

/** `[[days-]hours:]minutes:seconds`, the seconds perhaps with a fraction. */
function readTime(text: string): number {
  const [clock = "", days = "0"] = text.split("-").toReversed();
  const seconds = clock.split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
  return Number(days) * 86_400 + seconds;
}

async function output([file = "", ...args]: readonly string[]): Promise<string> {
  const env = { PATH: "/bin:/usr/bin:/sbin:/usr/sbin", LC_ALL: "C", TZ: "UTC" };
  return (await runCommand({ file, args, env, maxBytes: 16 << 20 })).stdout;
}

export const darwin = createPsSystem({
  // One -o each: what follows the first `=` is a header to its end.
  listing: ["ps", "-axwwE", "-o", "pid=", "-o", "command="],
  bootId: ["sysctl", "-n", "kern.bootsessionuuid"],
});
