// A folder for one test, removed at its end.
import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { onTestFinished } from "vitest";

export interface TemporaryFolder {
  readonly path: string;
  /** Parents included; returns the absolute path. */
  write(name: string, content: string): Promise<string>;
}

export async function useTemporary(): Promise<TemporaryFolder> {
  const path = await realpath(await mkdtemp(join(tmpdir(), "sl-rt-")));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return {
    path,
    async write(name, content) {
      const file = join(path, name);
      await mkdir(dirname(file), { recursive: true, mode: 0o700 });
      await writeFile(file, content);
      return file;
    },
  };
}
