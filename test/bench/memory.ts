// What a process takes of the machine's memory, as the kernel accounts for it.
import { readFile } from "node:fs/promises";

export interface Memory {
  /** Pages that no other process has. */
  readonly ownMb: number;
  /** Those, and its share of the pages that it has with others. */
  readonly sharedMb: number;
}

export async function readMemory(pid: number): Promise<Memory> {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, "latin1");
  const kb = (name: string): number =>
    Number(new RegExp(`^${name}:\\s*(\\d+)`, "m").exec(text)?.[1]);
  return {
    ownMb: (kb("Private_Clean") + kb("Private_Dirty")) / 1024,
    sharedMb: kb("Pss") / 1024,
  };
}
