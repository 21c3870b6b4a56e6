// The LiteLLM runtime of the bench: the tests' own, found by the built program's code.
import { join } from "node:path";

import type { Runtime } from "../../src/runtime/runtime.ts";
import { REPOSITORY } from "../fixtures/built.ts";

import { runtimesDir } from "../fixtures/runtimes-dir.ts";
import { sayingReport } from "../fixtures/saying-report.ts";
type Ensure = typeof import("../../src/runtime/ensure.ts");

/** From dist/, because the compiled copy under .bench/ has no templates beside it. */
export async function benchRuntime(say: (line: string) => void): Promise<Runtime> {
  const { ensureRuntime }: Ensure = await import(join(REPOSITORY, "dist/runtime/ensure.js"));
  const runtime = await ensureRuntime("litellm", {
    runtimesDir: runtimesDir(),
    env: process.env,
    home: process.env["HOME"] ?? null,
    report: sayingReport(say),
    signal: AbortSignal.timeout(15 * 60_000),
  });
  await runtime.release();
  return runtime;
}
