// Finds code that Python would run at every start of an environment, before any import of ours.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { findSitePackages } from "./records.ts";

/** Hooks that are known and harmless, exactly as they are written. None of our locks brings one today. */
const ALLOWED: ReadonlySet<string> = new Set([
  // Written by some versions of uv and virtualenv.
  "_virtualenv.pth: import _virtualenv",
]);

/** As site.py does it: only such a line of a .pth file is code, the others are folders. */
const CODE = /^import[ \t]/;
/** Python's str.splitlines. */
// oxlint-disable-next-line no-control-regex
const LINE_ENDS = /\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/;
/** Imported by site.py when they are there. */
const CUSTOM_MODULE = /^(site|user)customize(\.|$)/;

/** "evil.pth: import os; ...", one for each hook that is not allowed. */
export async function findStartHooks(dir: string): Promise<string[]> {
  const sitePackages = await findSitePackages(dir);
  const names = (await readdir(sitePackages)).toSorted();
  const found = names.filter((name) => CUSTOM_MODULE.test(name));
  for (const name of names.filter((entry) => entry.endsWith(".pth"))) {
    const text = await readFile(join(sitePackages, name), "utf8");
    const lines = text.replace(/^\uFEFF/, "").split(LINE_ENDS);
    const hooks = lines.filter((line) => CODE.test(line)).map((line) => `${name}: ${line.trim()}`);
    found.push(...hooks.filter((hook) => !ALLOWED.has(hook)));
  }
  return found.map((hook) => (hook.length > 120 ? `${hook.slice(0, 120)}...` : hook));
}
