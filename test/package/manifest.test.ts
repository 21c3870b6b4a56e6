import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

import { expect, it } from "vitest";

import { REPOSITORY } from "../fixtures/built.ts";

const DEPENDENCIES = ["execa", "undici"];
/** Part of the built files. */
const JOINED = ["ajv", "chalk", "commander", "conf", "get-port", "semver", "yaml", "zod"];

/** All that an installation brings, by the lock file; a new name here is a decision. */
const INSTALLED = [
  ...DEPENDENCIES,
  "@sec-ant/readable-stream",
  "@sindresorhus/merge-streams",
  "cross-spawn",
  "figures",
  "get-stream",
  "human-signals",
  "is-plain-obj",
  "is-stream",
  "is-unicode-supported",
  "isexe",
  "npm-run-path",
  "parse-ms",
  "path-key",
  "pretty-ms",
  "shebang-command",
  "shebang-regex",
  "signal-exit",
  "strip-final-newline",
  "unicorn-magic",
  "which",
  "yoctocolors",
];

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly scripts: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}
interface Lock {
  readonly packages: Readonly<
    Record<string, { dev?: boolean; integrity?: string; resolved?: string }>
  >;
}

async function read<T>(name: string): Promise<T> {
  const value: T = JSON.parse(await readFile(join(REPOSITORY, name), "utf8"));
  return value;
}

it("depends on exactly the listed packages and runs nothing when it is installed", async () => {
  const manifest = await read<Manifest>("package.json");
  expect(Object.keys(manifest.dependencies)).toEqual(DEPENDENCIES);
  for (const field of ["optionalDependencies", "peerDependencies", "bundleDependencies"]) {
    expect(manifest[field]).toBeUndefined();
  }
  const hooks = Object.keys(manifest.scripts).filter((name) =>
    /^(pre|post|install|prepare)/.test(name),
  );
  expect(hooks).toEqual(["prepare"]);
});

it("locks every package by hash, and no more of them than listed", async () => {
  const { packages } = await read<Lock>("package-lock.json");
  const entries = Object.entries(packages).filter(([path]) => path !== "");
  const installed = entries
    .filter(([, entry]) => entry.dev !== true)
    .map(([path]) => path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length));
  expect([...new Set(installed)].toSorted()).toEqual(INSTALLED.toSorted());
  const unlocked = entries.filter(([, entry]) => !entry.integrity?.startsWith("sha512-"));
  expect(unlocked).toEqual([]);
  expect(entries.filter(([, entry]) => entry.resolved !== undefined)).toEqual([]);
});

it("packs the program and nothing of its making", async () => {
  const args = ["pack", "--dry-run", "--json", "--ignore-scripts", "--loglevel=error"];
  const { stdout } = await promisify(execFile)("npm", args, { cwd: REPOSITORY });
  const [packed]: { files: { path: string; mode: number }[] }[] = JSON.parse(stdout);
  const paths = packed?.files.map((file) => file.path) ?? [];
  const joined = (await readdir(join(REPOSITORY, "dist/joined"))).map(
    (name) => `dist/joined/${name}`,
  );
  expect(new Set(paths.filter((path) => path.startsWith("dist/")))).toEqual(new Set(joined));
  expect(joined).toContain("dist/joined/help.txt");
  const licenses = await readFile(join(REPOSITORY, "dist/joined/LICENSES.txt"), "utf8");
  for (const name of JOINED) expect(licenses).toMatch(new RegExp(`^${name}$`, "m"));
  const python = (await readdir(join(REPOSITORY, "src/proxy"))).filter((name) =>
    name.endsWith(".py"),
  );
  const others = paths.filter(
    (path) => !path.startsWith("dist/") && !path.startsWith("templates/"),
  );
  expect(others.toSorted()).toEqual(
    [
      "CHANGELOG.md",
      "LICENSE",
      "README.md",
      "bin/sidelite.js",
      "package.json",
      ...python.map((name) => `src/proxy/${name}`),
    ].toSorted(),
  );
  for (const lock of ["litellm", "kubiya-worker", "uv"]) {
    expect(paths).toContain(`templates/runtime/${lock}.txt`);
  }
  expect(
    paths.filter((path) => /(^|\/)tests?\/|\.test\.|\.ts$|\.map$|__pycache__|\.pyc$/.test(path)),
  ).toEqual([]);
});
