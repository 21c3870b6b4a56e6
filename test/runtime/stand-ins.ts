// Programs that misbehave, as shell scripts in a folder of the test's home.
import { chmod } from "node:fs/promises";
import { join } from "node:path";

import type { TestHome } from "../fixtures/home.ts";

/** Writes `name` into the folder and makes it executable; returns its path. */
export async function standIn(
  home: TestHome,
  folder: string,
  name: string,
  script: string,
): Promise<string> {
  const path = await home.write(join(home.dir, folder, name), `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o700);
  return path;
}
