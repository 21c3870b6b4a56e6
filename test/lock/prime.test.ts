// What prime.py and steps.py have LiteLLM work out ahead is still where it was, and no provider is asked for it.
import { execFile } from "node:child_process";
import { createServer } from "node:http";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it, onTestFinished } from "vitest";
import { importEnvironment } from "../../src/litellm/import-environment.ts";
import { REPOSITORY } from "../fixtures/built.ts";
import { listenOnLoopback } from "../fixtures/listen.ts";
import { testRuntime } from "../fixtures/runtime.ts";

const SCRIPT = join(REPOSITORY, "test/lock/prime-models.py");

it("works out every model that needs no provider's answer", async () => {
  let requests = 0;
  const server = createServer((_, response) => {
    requests += 1;
    response.end("{}");
  });
  const port = await listenOnLoopback(server);
  onTestFinished(() => void server.close());
  const { python } = await testRuntime("litellm");
  const sources = ["steps.py", "prime.py"].map((name) => join(REPOSITORY, "src/proxy", name));
  const args = ["-I", SCRIPT, ...sources, `http://127.0.0.1:${port}`];
  const env = importEnvironment(process.env, []);
  const { stdout } = await promisify(execFile)(python, args, { env });
  const known = ["other", "priced"];
  expect(JSON.parse(stdout)).toEqual({ follows: true, known, groups: 2, routes: 1, calls: true });
  expect(requests).toBe(0);
}, 120_000);
