import { constants } from "node:os";
import { join } from "node:path";

import { describe, expect, it, onTestFinished } from "vitest";

import { REPOSITORY } from "../fixtures/built.ts";
import type { CliProcess } from "../fixtures/cli.ts";
import { PROGRAM, runCli, startCli } from "../fixtures/cli.ts";
import type { TestHome } from "../fixtures/home.ts";
import { useHome } from "../fixtures/use-home.ts";
import { workerCommand } from "../fixtures/worker.ts";

const ON_TERMINAL = [
  "python3",
  join(REPOSITORY, "test/fixtures/pty.py"),
  process.execPath,
  PROGRAM,
];
const CTRL_C = "\u0003";
const CONFIG = `model_list:
  - model_name: m
    litellm_params: {model: openai/m, api_key: none, mock_response: pong}
`;

const start = (...worker: readonly string[]): string[] => [
  ...["worker", "start", "--queue-id", "q", "--"],
  ...workerCommand(...worker),
];

async function startWaiting(
  home: TestHome,
  worker: readonly string[],
  options = {},
): Promise<CliProcess> {
  const cli = startCli(home, start(...worker), options);
  await cli.waitFor(/ready \d+/);
  return cli;
}

describe("a signal to worker start", () => {
  it.each(["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const)(
    "%s stops the worker, then ends sidelite by itself",
    async (name) => {
      const home = await useHome();
      const cli = await startWaiting(home, ["wait", "100"]);
      cli.signal(name);
      expect(await cli.finished).toMatchObject({
        code: null,
        signal: name,
        stdout: expect.stringMatching(/got SIGTERM/),
      });
    },
  );

  it("Ctrl+C once lets the worker drain", async () => {
    const home = await useHome();
    const options = { program: ON_TERMINAL, openInput: true };
    const cli = await startWaiting(home, ["wait", "300"], options);
    cli.stdin.write(CTRL_C);
    const ended = await cli.finished;
    expect(ended).toMatchObject({ signal: "SIGINT" });
    // Its own group and stop signal: the terminal's INT does not reach it.
    expect(ended.stdout.match(/got SIG\w+/g)).toEqual(["got SIGTERM"]);
  });

  it("Ctrl+C twice is now: 130", async () => {
    const home = await useHome();
    const options = { program: ON_TERMINAL, openInput: true };
    const cli = await startWaiting(home, ["stubborn"], options);
    cli.stdin.write(CTRL_C);
    await cli.waitFor(/got SIGTERM/);
    const asked = performance.now();
    const ended = cli.finished;
    // Within the time that counts as a key's bounce nothing happens.
    const typing = setInterval(() => cli.stdin.write(CTRL_C), 100);
    onTestFinished(() => clearInterval(typing));
    expect(await ended).toMatchObject({ code: 130, signal: null });
    expect(performance.now() - asked).toBeLessThan(5_000);
  });
});

it("run on a terminal leaves Ctrl+C to the command", async () => {
  const home = await useHome();
  await home.write("c.yaml", CONFIG);
  const flags = ["--proxy-config-file", "c.yaml", "--no-wait"];
  const args = ["run", ...flags, "--", ...workerCommand("wait", "0", "7")];
  const cli = startCli(home, args, { program: ON_TERMINAL, openInput: true });
  await cli.waitFor(/ready \d+/);
  cli.stdin.write(CTRL_C);
  const ended = await cli.finished;
  expect(ended).toMatchObject({ code: 7, signal: null });
  expect(ended.stdout).toMatch(/got SIGINT/);
});

it("gives back the worker's exit status", async () => {
  const home = await useHome();
  const codes = [0, 1, 42, 125, 255].map((code) => ({ worker: ["exit", String(code)], code }));
  const signals = (["SIGKILL", "SIGTERM", "SIGSEGV"] as const).map((name) => ({
    worker: ["signal", name],
    code: 128 + constants.signals[name],
  }));
  for (const { worker, code } of [...codes, ...signals]) {
    const { code: found, signal } = await runCli(home, start(...worker));
    expect({ worker, found, signal }).toEqual({ worker, found: code, signal: null });
  }
});

it.each([
  ["no-such-program", 127],
  ["./c.yaml", 126],
])("%s is %i before anything is installed or made", async (command, code) => {
  const home = await useHome();
  await home.write("c.yaml", CONFIG);
  const runtimes = join(home.dir, "runtimes");
  const args = ["run", "--proxy-config-file", "c.yaml", "--", command];
  const ended = await runCli(home, args, { env: { SIDELITE_RUNTIME_DIR: runtimes } });
  expect(ended).toMatchObject({ code, stderr: expect.stringContaining(command) });
  const { stdout } = await runCli(
    home,
    ["-c", 'ls -A "$1" "$2" || true', "ls", runtimes, home.home],
    {
      program: ["sh"],
    },
  );
  expect(stdout.replace(/.*:\n?/g, "").trim()).toBe("");
});
