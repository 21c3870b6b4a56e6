// What a process costs, from Linux's /proc.
import { readdirSync, readFileSync } from "node:fs";
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

/** Processor time so far, all threads that live, ms; to the nanosecond, where /proc/PID/stat samples ticks. */
export function readProcessorMs(pid: number): number {
  const tasks = readdirSync(`/proc/${pid}/task`);
  const times = tasks.map((task) => {
    const [nanoseconds] = readFileSync(`/proc/${pid}/task/${task}/schedstat`, "latin1").split(" ");
    return Number(nanoseconds) / 1e6;
  });
  return times.reduce((sum, ms) => sum + ms, 0);
}
