// ensure-driver.mjs and all it imports as one file: loading execa's many costs as much as the installation itself.
import { randomBytes } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { rolldown } from "rolldown";
import { afterAll, beforeAll } from "vitest";

import { REPOSITORY } from "../fixtures/built.ts";

const DRIVER = fileURLToPath(new URL("ensure-driver.mjs", import.meta.url));

/** Returns its path, where it is when the hooks have run. */
export function joinDriver(): string {
  // Two levels deep like the modules in dist/: `../../templates` means the same.
  const name = `ensure-driver-${randomBytes(4).toString("hex")}.mjs`;
  const file = join(REPOSITORY, "node_modules/.cache", name);
  beforeAll(async () => {
    const bundle = await rolldown({ input: DRIVER, platform: "node" });
    await bundle.write({ file, codeSplitting: false });
    await bundle.close();
  });
  afterAll(() => rm(file, { force: true }));
  return file;
}
