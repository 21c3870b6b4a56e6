// Reads the RECORD files of an environment: which files every package installed, with their hashes.
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { normalizeName } from "./lock-file.ts";

export interface RecordRow {
  /** Relative to site-packages, as written: `litellm/main.py`, `../../../bin/litellm`. */
  readonly path: string;
  /** `sha256=<base64url>`; empty for RECORD itself. */
  readonly hash: string;
}

export interface Records {
  /** "name==version", names normalised. */
  readonly packages: readonly string[];
  readonly rows: readonly RecordRow[];
  /** Over the RECORD files' names and bytes. */
  readonly digest: string;
}

/** One field of a CSV line, in quotes where the name holds a comma. */
const ROW = /^(?:"((?:[^"]|"")*)"|([^",]*)),([^,]*),[^,]*$/;
const DIST_INFO = /^(.+)-([^-]+)\.dist-info$/;

export async function readRecords(sitePackages: string): Promise<Records> {
  const names = (await readdir(sitePackages)).filter((name) => DIST_INFO.test(name)).toSorted();
  const hash = createHash("sha256");
  const rows: RecordRow[] = [];
  const packages: string[] = [];
  for (const name of names) {
    const bytes = await readFile(join(sitePackages, name, "RECORD"));
    hash.update(`${name}\0${bytes.length}\0`).update(bytes);
    rows.push(...bytes.toString("utf8").split(/\r?\n/).flatMap(parseRow));
    const [, project = "", version = ""] = DIST_INFO.exec(name) ?? [];
    packages.push(`${normalizeName(project)}==${version}`);
  }
  return { packages, rows, digest: hash.digest("hex") };
}

function parseRow(line: string): RecordRow[] {
  if (line === "") return [];
  const [, quoted, plain = "", hash = ""] = ROW.exec(line) ?? [];
  return [{ path: quoted?.replaceAll('""', '"') ?? plain, hash }];
}

/** Python's own folder for packages below an environment: `lib/python3.11/site-packages`. */
export async function findSitePackages(dir: string): Promise<string> {
  const lib = join(dir, "lib");
  const name = (await readdir(lib)).find((entry) => /^python3\.\d+$/.test(entry));
  return join(lib, name ?? "python3", "site-packages");
}
