// Tells whether the kernel has killed for want of memory in a process's cgroup since it was asked first. Linux only.
import { readFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = "/sys/fs/cgroup";

/** Never true where nothing can be known: no Linux, no cgroup, an end before this call. */
export function watchOomKills(pid: number): () => boolean {
  const file = findCounter(pid);
  const before = file === null ? null : readCounter(file);
  return () => file !== null && before !== null && (readCounter(file) ?? before) > before;
}

function findCounter(pid: number): string | null {
  const lines = readText(`/proc/${pid}/cgroup`)?.split("\n") ?? [];
  return lines.flatMap(counterFiles).find((file) => readCounter(file) !== null) ?? null;
}

/** `0::/path` is version 2, `4:memory:/path` version 1. In a container the path may be the host's: then the root counts. */
function counterFiles(line: string): readonly string[] {
  const [, controllers = "", path = ""] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
  if (controllers.split(",").includes("memory")) {
    const folder = join(ROOT, "memory");
    return [path, ""].map((at) => join(folder, at, "memory.oom_control"));
  }
  return path !== "" && controllers === ""
    ? [path, ""].map((at) => join(ROOT, at, "memory.events"))
    : [];
}

function readCounter(file: string): number | null {
  const [, count] = /^oom_kill (\d+)$/m.exec(readText(file) ?? "") ?? [];
  return count === undefined ? null : Number(count);
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return null;
  }
}
