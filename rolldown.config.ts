// Joins what tsc made of src/ into a few files: Node takes half a millisecond for every file that it loads, and zod and
// yaml have 170 of them. Measured (`npm run bench -- --only instances --only cli`): `status` 2.8 -> 1.9 x `node -e 0`,
// `validate` 8.2 -> 3.6 x.
import { readdir, readFile } from "node:fs/promises";
import { isBuiltin } from "node:module";
import { fileURLToPath } from "node:url";

import type { Plugin } from "rolldown";
import { defineConfig } from "rolldown";

/** tsc's output, below this folder; the tests build beside the program that others run. */
const BUILT = process.env["SIDELITE_BUILT"] ?? "dist";

/**
 * What is loaded together, the most urgent first: each is one file, of these modules and of all they import that no
 * earlier one has. The rest is split by itself.
 */
const FILES = {
  main: ["main"],
  look: ["short-line"],
  check: ["commands/validate"],
  serve: ["commands/worker-start", "commands/run", "commands/proxy-start", "instance/foreground"],
};

/** Packages that go into these files, with their own. The others are loaded where a command needs them. */
const JOINED = ["chalk", "commander", "conf", "get-port", "yaml", "zod"];
/** The last folder of a package on the way to a module; `.cache` is none, where the tests build. */
const PACKAGE = /^.*\/node_modules\/(?:@[^/]+\/)?[^/.][^/]*(?=\/)/;

export default defineConfig({
  input: at(`${BUILT}/main.js`),
  platform: "node",
  external: (id, importer) =>
    isBuiltin(id) || (/^[^./]/.test(id) && !JOINED.includes(id) && !PACKAGE.test(importer ?? "")),
  // The same sources as ES modules, of which only what is used is taken.
  resolve: { alias: { yaml: at("node_modules/yaml/browser/index.js") } },
  plugins: [licenses()],
  checks: { ineffectiveDynamicImport: false },
  output: {
    // Two levels deep like the modules in src/: `../../templates` means the same.
    dir: at(`${BUILT}/joined`),
    cleanDir: true,
    entryFileNames: "entry.js",
    chunkFileNames: "[name].js",
    minifyInternalExports: false,
    codeSplitting: {
      groups: Object.entries(FILES).map(([name, modules], index, files) => ({
        name,
        priority: files.length - index,
        test: (id: string) => modules.some((module) => id === at(`${BUILT}/${module}.js`)),
      })),
    },
  },
});

function at(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}

/** They ask to be with every copy of the code. */
function licenses(): Plugin {
  return {
    name: "licenses",
    async generateBundle(_, bundle) {
      const modules = Object.values(bundle).flatMap((file) =>
        file.type === "chunk" ? file.moduleIds : [],
      );
      const packages = new Set(modules.flatMap((id) => PACKAGE.exec(id)?.[0] ?? []));
      const texts = [...packages].toSorted().map(async (folder) => {
        const name = folder.slice(folder.lastIndexOf("/node_modules/") + 14);
        const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
        if (file === undefined) throw new Error(`${name} has no text of its license`);
        return `${name}\n\n${await readFile(`${folder}/${file}`, "utf8")}`;
      });
      const source = (await Promise.all(texts)).join("\n");
      this.emitFile({ type: "asset", fileName: "LICENSES.txt", source });
    },
  };
}
