import { readdir } from "node:fs/promises";
import { join } from "node:path";

import { expect, it } from "vitest";

import { REPOSITORY } from "./fixtures/built.ts";
import type { SourceFile } from "./fixtures/source-imports.ts";
import { parseImports, readSources } from "./fixtures/source-imports.ts";

const DOMAINS = [
  "config",
  "control-plane",
  "litellm",
  "runtime",
  "proxy",
  "gateway",
  "worker",
  "state",
];
const BELOW_DOMAINS = ["core", "platform"];

/** Folder -> folders it may import (design 4); `.` is src/ itself: main and cli; `verbs` is the table that cli reads. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  core: [],
  platform: ["core"],
  ...Object.fromEntries(DOMAINS.map((name) => [name, BELOW_DOMAINS])),
  litellm: ["core"],
  ui: ["core"],
  instance: [...DOMAINS, ...BELOW_DOMAINS],
  commands: ["instance", "ui", ...DOMAINS, ...BELOW_DOMAINS],
  verbs: ["core", "commands"],
  ".": ["verbs", "commands", "instance", "ui", ...DOMAINS, ...BELOW_DOMAINS],
};

/** The one thing of a domain that another domain may name. */
const SHARED_TYPE = "config/config.ts";

/** Package -> where it may be named at all; one file there imports it, the others only its types. */
const SINGLE_IMPORTERS: Readonly<Record<string, RegExp>> = {
  execa: /^platform\/run-command\.ts$/,
  conf: /^state\/import-conf\.ts$/,
  "get-port": /^platform\/port\.ts$/,
  chalk: /^ui\/[^/]+$/,
  commander: /^cli\.ts$/,
  undici: /^gateway\//,
  yaml: /^core\/yaml[^/]*\.ts$/,
};

const PURE =
  /^(core|litellm)\/|^config\/(?!sources\.ts$)|^proxy\/state\.ts$|^worker\/(environment|command|adapters)\.ts$|^instance\/plan\.ts$/;
const EFFECTS = /^node:(fs|child_process|net|http|https|tls|dgram|dns|os|worker_threads)(\/|$)/;
const AMBIENT =
  /\bprocess\.(env|argv|cwd|exit|kill|stdin|stdout|stderr|platform)\b|\bDate\.now\(|\bperformance\.now\(|\bnew Date\(\)/;

const SOURCE_LINES = 200;
const TEST_LINES = 300;

const sources = await readSources("src");
const tests = await readSources("test");
const folderOf = (path: string) => (path.includes("/") ? (path.split("/")[0] ?? "") : ".");

it("reads imports of every form", () => {
  const text = [
    'import a, { b } from "yaml";',
    'import type { C } from "../core/c.ts";',
    'import {\n  d,\n  e,\n} from "./d.ts";',
    'export { f } from "./f.ts";',
    'import "node:fs";',
    'const g = await import("./g.ts");',
    '// import h from "never";',
    '/** import("never") */',
  ].join("\n");
  expect(parseImports("config/x.ts", text).map((found) => [found.target, found.typeOnly])).toEqual([
    ["yaml", false],
    ["core/c.ts", true],
    ["config/d.ts", false],
    ["config/f.ts", false],
    ["node:fs", false],
    ["config/g.ts", false],
  ]);
  expect(sources.length).toBeGreaterThan(20);
});

it("has arrows that only go down", () => {
  const wrong = sources.flatMap((file) => {
    const from = folderOf(file.path);
    return file.imports
      .filter((found) => found.own && folderOf(found.target) !== from)
      .filter((found) => ALLOWED[from]?.includes(folderOf(found.target)) !== true)
      .filter(
        (found) => !(found.target === SHARED_TYPE && found.typeOnly && DOMAINS.includes(from)),
      )
      .map((found) => `${file.path} -> ${found.target}`);
  });
  expect(wrong).toEqual([]);
});

it("knows every folder, and imports only files that exist, by their full name", () => {
  expect(
    [...new Set(sources.map((file) => folderOf(file.path)))].filter((name) => !(name in ALLOWED)),
  ).toEqual([]);
  const paths = new Set(sources.map((file) => file.path));
  const missing = sources.flatMap((file) =>
    file.imports
      .filter((found) => found.own && !paths.has(found.target))
      .map((found) => `${file.path} -> ${found.specifier}`),
  );
  expect(missing).toEqual([]);
});

it("has no cycle between files", () => {
  const graph = new Map(
    sources.map((file) => [
      file.path,
      file.imports.filter((found) => found.own && !found.typeOnly).map((found) => found.target),
    ]),
  );
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) cycles.push([...trail.slice(trail.indexOf(path)), path].join(" -> "));
    if (done.has(path) || trail.includes(path)) return;
    for (const next of graph.get(path) ?? []) visit(next, [...trail, path]);
    done.add(path);
  };
  for (const path of graph.keys()) visit(path, []);
  expect(cycles).toEqual([]);
});

it("imports each heavy package in one place", () => {
  const wrong = Object.entries(SINGLE_IMPORTERS).flatMap(([name, place]) => {
    const uses = sources.flatMap((file) =>
      file.imports
        .filter((found) => found.target === name)
        .map((found) => ({ path: file.path, typeOnly: found.typeOnly })),
    );
    const importers = new Set(uses.filter((use) => !use.typeOnly).map((use) => use.path));
    const elsewhere = uses.filter((use) => !place.test(use.path)).map((use) => use.path);
    return [
      ...(importers.size > 1 ? [`${name}: ${[...importers].join(", ")}`] : []),
      ...elsewhere.map((path) => `${name}: ${path}`),
    ];
  });
  expect(wrong).toEqual([]);
});

it("keeps pure modules pure", () => {
  const wrong = sources
    .filter((file) => PURE.test(file.path))
    .flatMap((file) => {
      const effects = file.imports.filter((found) => !found.typeOnly && EFFECTS.test(found.target));
      const code = file.text.replace(/\/\/.*$|\/\*[\s\S]*?\*\//gm, "");
      const ambient = AMBIENT.exec(code)?.[0];
      return [
        ...effects.map((found) => found.target),
        ...(ambient === undefined ? [] : [ambient]),
      ].map((what) => `${file.path}: ${what}`);
    });
  expect(wrong).toEqual([]);
});

function findFaults(file: SourceFile): string[] {
  return [
    ...(/^\/\/ \S.{9,}/.test(file.text.split("\n")[0] ?? "")
      ? []
      : ["first line is not its one job"]),
    ...(/^export default\b/m.test(file.text) ? ["default export"] : []),
    ...(/^export \* from/m.test(file.text) ? ["barrel"] : []),
    ...(/(^|\/)(utils?|helpers|index)(\/|\.ts$)/.test(file.path) ? ["name says nothing"] : []),
    ...(file.text.split("\n").length > SOURCE_LINES + 1 ? [`over ${SOURCE_LINES} lines`] : []),
  ];
}

it("keeps files small, named and shaped alike", () => {
  const named = [...sources, ...tests]
    .filter((file) => !/^([a-z0-9-]+\/)*[a-z0-9-]+(\.test|\.config)?\.ts$/.test(file.path))
    .map((file) => `${file.path}: not in kebab-case`);
  const long = tests
    .filter((file) => file.text.split("\n").length > TEST_LINES + 1)
    .map((file) => `test/${file.path}: over ${TEST_LINES} lines`);
  const shaped = sources.flatMap((file) =>
    findFaults(file).map((fault) => `${file.path}: ${fault}`),
  );
  expect([...shaped, ...named, ...long]).toEqual([]);
});

it("has Python only where it hosts LiteLLM", async () => {
  const names = await readdir(join(REPOSITORY, "src"), { recursive: true });
  const python = names.filter((name) => /\.pyi?$/.test(name));
  expect(python).toContain("proxy/keeper.py");
  expect(python.filter((name) => !/^proxy\/[a-z_]+\.py$/.test(name))).toEqual([]);
  expect(names.filter((name) => /\.(js|mjs|cjs|sh)$/.test(name))).toEqual([]);
});
