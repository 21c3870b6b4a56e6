import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { expect, it, onTestFinished } from "vitest";

import { PROGRAM, runCli } from "../fixtures/cli.ts";
import { startFakeProvider } from "../fixtures/fake-provider.ts";
import { findCanaries } from "../fixtures/leak-check.ts";
import { useHome } from "../fixtures/use-home.ts";
import { workerCommand } from "../fixtures/worker.ts";

it("shows no key in the arguments of any process, however short its life (S1)", async () => {
  const home = await useHome();
  const provider = await startFakeProvider();
  onTestFinished(() => provider.close());
  const env = {
    OPENAI_API_KEY: home.canary("provider", "sk-"),
    THE_MASTER_KEY: home.canary("master", "sk-"),
    KUBIYA_API_KEY: home.canary("control-plane"),
  };
  const model = {
    model: "openai/m",
    api_base: `${provider.url}/v1`,
    api_key: "os.environ/OPENAI_API_KEY",
  };
  await home.write(
    "litellm.yaml",
    JSON.stringify({
      model_list: [{ model_name: "m", litellm_params: model }],
      general_settings: { master_key: "os.environ/THE_MASTER_KEY" },
    }),
  );
  const trace = join(home.cwd, "trace");
  const strace = [
    "strace",
    "-f",
    "--seccomp-bpf",
    "-e",
    "trace=execve",
    "-s",
    "100000",
    "-o",
    trace,
  ];
  const flags = ["--queue-id", "q", "--proxy-config-file", "litellm.yaml"];
  const args = ["worker", "start", ...flags, "--", ...workerCommand("chat", "m")];
  const program = [...strace, process.execPath, PROGRAM];
  const result = await runCli(home, args, { program, env, deadlineMs: 110_000 });
  expect(result).toMatchObject({ code: 0, stdout: expect.stringContaining("200 pong from m") });
  expect(provider.requests[0]?.header("authorization")).toBe(`Bearer ${env.OPENAI_API_KEY}`);
  const execs = await readFile(trace);
  expect(execs.toString()).toMatch(/execve\(.*keeper\.py/);
  expect(findCanaries(home, execs)).toEqual([]);
  // The worker's key is made by sidelite: no test knows it, but its shape.
  expect(execs.toString()).not.toMatch(/sk-[A-Za-z0-9_-]{20,}/);
});
