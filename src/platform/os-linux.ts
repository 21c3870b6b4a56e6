// Linux: processes are read from /proc.
import { readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { setImmediate } from "node:timers/promises";
import type { OperatingSystem, ProcessIdentity, ProcessUsage } from "./os-contract.ts";
import { perlLock, pythonLock } from "./lock-helpers.ts";

/** Fields of /proc/PID/stat after the command's closing parenthesis (proc(5) counts from 1, these from field 3). */
const STATE = 0;
const USER_TIME = 11;
const SYSTEM_TIME = 12;
const START_TIME = 19;
/** Of these times: USER_HZ is 100 on every architecture. */
const TICKS_PER_SECOND = 100;
/** About 2 ms of reading. */
const SLICE = 64;

function readStat(pid: number): readonly string[] | null {
  try {
    // At once: nothing of it lies on a disk.
    const text = readFileSync(`/proc/${pid}/stat`, "latin1");
    return text.slice(text.lastIndexOf(")") + 2).split(" ");
  } catch {
    return null;
  }
}

async function identify(pid: number): Promise<ProcessIdentity | null> {
  const stat = readStat(pid);
  const startTime = stat?.[START_TIME];
  if (startTime === undefined || stat?.[STATE] === "Z" || stat?.[STATE] === "X") return null;
  const bootId = readFileSync("/proc/sys/kernel/random/boot_id", "latin1");
  return { pid, startTime, bootId: bootId.trim() };
}

/** A kernel may be built without it. */
function readWait(pid: number): number {
  try {
    const [, waitedNs] = readFileSync(`/proc/${pid}/schedstat`, "latin1").split(" ");
    return Number(waitedNs) / 1e9;
  } catch {
    return 0;
  }
}

/** Reads at once: /proc waits for no disk, and this is asked every second. */
async function measure(pid: number): Promise<ProcessUsage | null> {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const status = readFileSync(`/proc/${pid}/status`, "latin1");
    const [, residentKb = "0"] = /^VmRSS:\s*(\d+) kB$/m.exec(status) ?? [];
    const ticks = Number(fields[USER_TIME]) + Number(fields[SYSTEM_TIME]);
    return {
      cpuSeconds: ticks / TICKS_PER_SECOND,
      waitedSeconds: readWait(pid),
      residentMb: Number(residentKb) / 1024,
    };
  } catch {
    return null;
  }
}

async function findByEnvironment(entry: string): Promise<readonly number[]> {
  const pids = (await readdir("/proc")).map(Number).filter((pid) => pid > 0);
  const found: number[] = [];
  for (const [index, pid] of pids.entries()) {
    // One file at a time: a low `ulimit -n` must not hide a process. Streams get their turn between slices.
    if (index % SLICE === SLICE - 1) await setImmediate();
    if (hasEntry(pid, entry)) found.push(pid);
  }
  return found;
}

function hasEntry(pid: number, entry: string): boolean {
  try {
    const environment = readFileSync(`/proc/${pid}/environ`, "latin1");
    return environment.startsWith(entry) || environment.includes(`\0${entry}`);
  } catch {
    // Gone, or another user's.
    return false;
  }
}

export const linux: OperatingSystem = {
  identify,
  findByEnvironment,
  isStopped: async (pid) => readStat(pid)?.[STATE] === "T",
  measure,
  lockHelpers: [{ file: "flock", args: ["-n", "-x", "3"] }, perlLock, pythonLock],
  listing: [],
};
