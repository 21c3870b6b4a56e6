// Compares an environment with its RECORD files: every file has its hash, and no file is there that none lists.
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join, relative, resolve, sep } from "node:path";
import { errorCode } from "../platform/file-errors.ts";
import { findSitePackages, readRecords } from "./records.ts";
import type { RecordRow, Records } from "./records.ts";

export interface Verified {
  readonly records: Records;
  readonly files: number;
  /** "lib/...: changed", one for each file that is not as installed. */
  readonly faults: readonly string[];
}

/** Enough to keep a disk busy; each holds one file in memory. */
const PARALLEL = 8;

/** Reads every file: about 2 s for LiteLLM's runtime. */
export async function verifyFiles(dir: string, signal: AbortSignal): Promise<Verified> {
  const sitePackages = await findSitePackages(dir);
  const records = await readRecords(sitePackages);
  const faults: string[] = [];
  const listed = new Set<string>();
  const queue = records.rows.values();
  const work = async (): Promise<void> => {
    for (const row of queue) {
      signal.throwIfAborted();
      const path = resolve(sitePackages, row.path);
      listed.add(path);
      const fault = path.startsWith(dir + sep) ? await checkRow(path, row) : "outside the runtime";
      if (fault !== null) faults.push(`${relative(dir, path)}: ${fault}`);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, work));
  for (const path of await listFiles(sitePackages)) {
    if (!listed.has(path)) faults.push(`${relative(dir, path)}: not part of any package`);
  }
  return { records, files: listed.size, faults };
}

async function checkRow(path: string, { path: written, hash }: RecordRow): Promise<string | null> {
  try {
    // A RECORD cannot hold its own hash, and Python writes byte code anew.
    if (hash === "") return isUnhashed(written) ? null : "listed without a hash";
    const bytes = await readFile(path);
    const found = createHash("sha256").update(bytes).digest("base64url");
    return hash === `sha256=${found}` ? null : "changed";
  } catch (error) {
    if (errorCode(error) === "ENOENT") return "missing";
    throw error;
  }
}

function isUnhashed(path: string): boolean {
  return path.endsWith(".dist-info/RECORD") || path.endsWith(".pyc");
}

async function listFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory() && !entry.parentPath.endsWith(`${sep}__pycache__`))
    .map((entry) => join(entry.parentPath, entry.name));
}
