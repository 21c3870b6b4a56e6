// What a process costs, from Linux's /proc.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

import { median } from "./statistics.ts";

const SAMPLES = 9;

/** Resident memory, MB: the median of some moments, because the collector moves it. */
export async function readMegabytes(pid: number): Promise<number> {
  const values: number[] = [];
  for (let sample = 0; sample < SAMPLES; sample += 1) {
    const resident = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "latin1"));
    values.push(Number(resident?.[1]) / 1024);
    await delay(50);
  }
  return median(values);
}

/** Processor time so far, all threads, ms; in steps of a clock tick. */
export function readProcessorMs(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, "latin1");
  // The name, field 2, may hold spaces and parentheses.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / ticksPerSecond();
}

function ticksPerSecond(): number {
  return Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "latin1" }));
}
