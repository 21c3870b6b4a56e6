import { expect, it } from "vitest";

import type { CliOptions, CliResult } from "../fixtures/cli.ts";
import { PROGRAM, runCli, startCli } from "../fixtures/cli.ts";
import type { TestHome } from "../fixtures/home.ts";
import { useHome } from "../fixtures/use-home.ts";
import { workerCommand } from "../fixtures/worker.ts";

const CONFIG = `model_list:
  - model_name: m
    litellm_params: {model: openai/m, api_key: none, mock_response: pong}
`;
const start = (...worker: readonly string[]): string[] => [
  ...["worker", "start", "--queue-id", "q", "--"],
  ...workerCommand(...worker),
];

/** `script` uses "$@" as sidelite's command line. */
function runShell(
  home: TestHome,
  script: string,
  args: readonly string[],
  options: CliOptions = {},
): Promise<CliResult> {
  const program = ["bash", "-c", script, "bash", process.execPath, PROGRAM];
  return runCli(home, args, { ...options, program });
}

it.each(["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])("worker start runs with %s", async (closed) => {
  const home = await useHome();
  expect(await runShell(home, `exec "$@" ${closed}`, start("exit", "3"))).toMatchObject({
    code: 3,
  });
});

it("run serves its command with every stream closed", async () => {
  const home = await useHome();
  await home.write("c.yaml", CONFIG);
  const chat = workerCommand("first", "m", "pong", "answered");
  const args = ["run", "--proxy-config-file", "c.yaml", "--", ...chat];
  expect(await runShell(home, 'exec "$@" <&- >&- 2>&-', args)).toMatchObject({ code: 0 });
  const { stdout } = await runCli(home, ["answered"], { program: ["cat"] });
  expect(stdout).toMatch(/^\d+$/);
});

it.each(["<&-", ">&-", "<&- >&- 2>&-"])("validate gives its verdict with %s", async (closed) => {
  const home = await useHome();
  await home.write("good.yaml", CONFIG);
  expect(await runShell(home, `exec "$@" ${closed}`, ["validate", "good.yaml"])).toMatchObject({
    code: 0,
  });
  expect(await runShell(home, `exec "$@" ${closed}`, ["validate", "bad.yaml"])).toMatchObject({
    code: 2,
  });
});

it("worker start ignores what is piped into it", async () => {
  const home = await useHome();
  const input = Buffer.alloc(8 << 20, "x");
  expect(await runCli(home, start("exit", "3"), { input })).toMatchObject({ code: 3 });
});

it("ends with 141, its worker stopped, when the reader of its output is gone", async () => {
  const home = await useHome();
  const script = '"$@" | head -1; echo "code ${PIPESTATUS[0]}"';
  const { stdout } = await runShell(home, script, start("flood", "100000"));
  expect(stdout).toMatch(/^line 1 x+\ncode 141\n$/);
});

it("validate - is stopped by Ctrl+C, and does not swallow a stream without end", async () => {
  const home = await useHome();
  const waiting = startCli(home, ["validate", "-", "--verbose"], { openInput: true });
  waiting.stdin.write("model_list:\n");
  const endless = await runShell(home, '"$@" < /dev/zero', ["validate", "-"]);
  expect(endless).toMatchObject({ code: 2, stderr: expect.stringContaining("1048576 bytes") });
  waiting.signal("SIGINT");
  expect(await waiting.finished).toMatchObject({ code: null, signal: "SIGINT", stdout: "" });
});
