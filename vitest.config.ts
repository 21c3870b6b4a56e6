import { defineConfig } from "vitest/config";
import type { TestSpecification } from "vitest/node";
import { BaseSequencer } from "vitest/node";

/** What takes long comes first, so that no processor waits for the last file. */
const FOLDERS = ["/test/e2e/", "/test/package/", "/test/readme/", "/test/process/", "/test/cli/"];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await BaseSequencer.prototype.sort.call(this, files);
    return sorted.toSorted((one, other) => rank(one) - rank(other));
  }
}

function rank({ moduleId }: TestSpecification): number {
  const at = FOLDERS.findIndex((folder) => moduleId.includes(folder));
  return at < 0 ? FOLDERS.length : at;
}

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/host/**"],
    expect: { requireAssertions: true },
    globalSetup: ["test/fixtures/global-setup.ts"],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    pool: "forks",
    maxWorkers: 4,
    sequence: { sequencer: LongestFirst },
  },
});
