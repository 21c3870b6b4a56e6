// The machine's own Python and uv, found by sidelite's own code; uv is installed from its lock where there is none.
import { homedir } from "node:os";
import { dirname } from "node:path";

import { ensureLocked } from "../../src/runtime/ensure.ts";
import { findPython } from "../../src/runtime/find-python.ts";
import { findRuntime } from "../../src/runtime/find-runtime.ts";
import { findUv } from "../../src/runtime/find-uv.ts";
import { buildProbeEnvironment } from "../../src/runtime/installer-environment.ts";
import { readLock } from "../../src/runtime/lock-file.ts";
import type { Python } from "../../src/runtime/python-probe.ts";
import { searchPath } from "../../src/runtime/search-path.ts";
import { runtimesDir } from "../fixtures/runtimes-dir.ts";
import { keepReport } from "./silent-report.ts";

export interface RealTools {
  readonly python: Python;
  /** Absolute path of the program. */
  readonly uv: string;
  /** A PATH that finds both at once, without a version manager's shims. */
  readonly path: string;
}

let found: Promise<RealTools> | null = null;

export async function realTools(): Promise<RealTools> {
  found ??= find();
  return found;
}

async function find(): Promise<RealTools> {
  const { signal } = new AbortController();
  const folders = searchPath(process.env, homedir());
  const search = { env: buildProbeEnvironment(process.env), folders, signal };
  const uv = (await findUv(search))?.path ?? (await lockedUv(signal));
  const python = await findPython({ ...search, uv: null });
  const path = [dirname(uv), dirname(python.path), "/usr/bin", "/bin"].join(":");
  return { python, uv, path };
}

async function lockedUv(signal: AbortSignal): Promise<string> {
  const lock = await readLock("uv");
  const there = await findRuntime(lock, runtimesDir());
  if (there !== null) return there.bin("uv");
  const place = { runtimesDir: runtimesDir(), env: process.env, home: homedir() };
  const runtime = await ensureLocked(lock, { ...place, report: keepReport(), signal });
  await runtime.release();
  return runtime.bin("uv");
}
