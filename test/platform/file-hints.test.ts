import { rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";

import { FileHints } from "../../src/platform/file-hints.ts";
import { until } from "../fixtures/poll.ts";
import { temporaryFolder } from "../fixtures/temporary-folder.ts";

async function useFile() {
  const folder = await temporaryFolder();
  const file = join(folder, "config.yaml");
  await writeFile(file, "a: 1\n");
  let hints = 0;
  const watch = new FileHints(() => {
    hints += 1;
  });
  onTestFinished(() => watch.close());
  watch.follow([file]);
  const another = async (): Promise<void> => {
    const before = hints;
    await until(() => hints > before, { what: "a hint" });
  };
  return { folder, file, watch, another, count: () => hints };
}

it("hints at a file that is written, replaced or removed, each time that it is followed", async () => {
  const { folder, file, watch, another, count } = await useFile();
  let hint = another();
  await writeFile(file, "a: 2\n");
  await hint;

  watch.follow([file]);
  hint = another();
  await writeFile(join(folder, "next"), "a: 3\n");
  await rename(join(folder, "next"), file);
  await hint;

  watch.follow([file]);
  hint = another();
  await writeFile(file, "a: 4\n"); // the one that took the name over
  await hint;

  watch.follow([file]);
  hint = another();
  await rm(file);
  await hint;
  watch.follow([file]); // nothing to watch: no fault
  expect(count()).toBe(4);
});

it("does not hint at what happens in a folder: a busy one would never let us rest", async () => {
  const { folder, file, watch, another, count } = await useFile();
  watch.follow([folder, file]);
  const hint = another();
  await writeFile(join(folder, "another"), "");
  await writeFile(file, "a: 2\n");
  await hint;
  expect(count()).toBe(1);
});

it("hints once until it is told to follow again, and not at what it has left", async () => {
  const { folder, file, watch, another, count } = await useFile();
  const hint = another();
  for (let write = 0; write < 20; write += 1) await writeFile(file, `a: ${write}\n`);
  await hint;
  expect(count()).toBe(1);

  const other = join(folder, "other.yaml");
  await writeFile(other, "");
  watch.follow([file, other]);
  watch.follow([other]);
  await writeFile(file, "left\n");
  const next = another();
  await writeFile(other, "b\n");
  await next;
  expect(count()).toBe(2);
});
