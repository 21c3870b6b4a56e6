// What LiteLLM's import looks up in the environment: nothing of it may be kept from the keeper as read late.
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { importEnvironment, isReadLate } from "../../src/litellm/import-environment.ts";
import { REPOSITORY } from "../fixtures/built.ts";
import { testRuntime } from "../fixtures/runtime.ts";

/** Some of what the keeper loads when it warms itself. */
const LATER = ["openai.resources.chat", "litellm.litellm_core_utils.default_encoding"];

it("reads none of the late names when it is imported", async () => {
  const { python } = await testRuntime("litellm");
  const script = join(REPOSITORY, "test/lock/import-reads.py");
  const { stdout } = await promisify(execFile)(python, ["-I", script, ...LATER], {
    env: importEnvironment(process.env, []),
  });
  const names: string[] = JSON.parse(stdout);
  expect(names).toEqual(expect.arrayContaining(["REQUEST_TIMEOUT", "REDIS_SOCKET_TIMEOUT"]));
  expect(names.filter((name) => isReadLate(name))).toEqual([]);
});
