import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import { expect, it } from "vitest";

import { showProgress } from "../../src/runtime/build-progress.ts";
import { until } from "../fixtures/poll.ts";
import { useTemporary } from "./temporary-folder.ts";

it("shows the step, what is downloaded, how many packages are there, and the time", async () => {
  const folder = await useTemporary();
  const shown: string[] = [];
  const progress = { update: (text: string) => void shown.push(text), done: () => undefined };
  const options = { title: "LiteLLM 1.0", sitePackages: folder.path, packages: 3 };
  const build = showProgress(progress, options);
  const last = async (wanted: RegExp) =>
    until(() => wanted.test(shown.at(-1) ?? ""), {
      what: `${String(wanted)} after ${shown.at(-1)}`,
    });
  try {
    build.step("downloading");
    await last(/^installing LiteLLM 1\.0: downloading, \d+ s$/);
    build.line("Downloading litellm (35.1MiB)");
    await last(/: downloading litellm \(35\.1MiB\), /);
    build.line("  Downloading boto3-1.44.5-py3-none-any.whl (140 kB)");
    build.line("Resolved 3 packages in 3ms");
    await last(/: downloading boto3 \(140 kB\), /);
    await mkdir(join(folder.path, "litellm-1.0.dist-info"));
    await last(/: 1 of about 3 packages, /);
    build.step("verifying and compiling");
    await last(/: verifying and compiling, \d+ s$/);
  } finally {
    build.stop();
  }
  expect(shown.length).toBeGreaterThan(4);
});
