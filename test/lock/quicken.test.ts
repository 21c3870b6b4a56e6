// What quicken.py and defer.py spare FastAPI and pydantic changes nothing of LiteLLM's routes.
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { importEnvironment } from "../../src/litellm/import-environment.ts";
import { REPOSITORY } from "../fixtures/built.ts";
import { testRuntime } from "../fixtures/runtime.ts";

const SCRIPT = join(REPOSITORY, "test/lock/quicken-routes.py");

interface Routes {
  readonly complete: number;
  readonly routes: readonly { readonly path: string; readonly dependant?: unknown }[];
}

async function read(...args: readonly string[]): Promise<Routes> {
  const { python } = await testRuntime("litellm");
  const { stdout } = await promisify(execFile)(python, ["-I", SCRIPT, ...args], {
    env: importEnvironment(process.env, []),
    maxBuffer: 16 * 1024 * 1024,
  });
  return JSON.parse(stdout);
}

it("leaves LiteLLM's routes as they are, built when they are needed", async () => {
  const quickened = ["quicken.py", "defer.py"].map((name) => join(REPOSITORY, "src/proxy", name));
  const [usual, later] = await Promise.all([read(), read(...quickened)]);
  expect(usual.complete).toBeGreaterThan(0);
  expect(later.complete).toBe(0);
  expect(usual.routes.filter(({ dependant }) => dependant).length).toBeGreaterThan(400);
  expect(later.routes).toEqual(usual.routes);
}, 240_000);
