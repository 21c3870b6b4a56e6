// The machine that the figures are of.
import { execFile } from "node:child_process";
import { cpus, release, totalmem } from "node:os";
import { promisify } from "node:util";

import type { Runtime } from "../../src/runtime/runtime.ts";

export type MachineFacts = Readonly<Record<string, string | number>>;

export async function readMachineFacts(runtime: Runtime): Promise<MachineFacts> {
  const { stdout } = await promisify(execFile)(runtime.python, ["--version"]);
  return {
    cores: cpus().length,
    processor: cpus()[0]?.model.trim() ?? "unknown",
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${process.platform} ${release()}`,
    node: process.version,
    python: stdout.trim().replace("Python ", ""),
    litellm: runtime.version,
  };
}
