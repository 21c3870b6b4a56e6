// Runs one command inside the only error boundary and ends the process the way a shell expects.
import { readBuiltHelp } from "./built-help.ts";
import { EXIT_CODES } from "./core/exit-codes.ts";
import type { Host } from "./core/host.ts";
import { readVersion } from "./platform/version.ts";
import { installSignals } from "./platform/signals.ts";
import { runLine } from "./run-line.ts";

/** What a shell reports for a process that died of a broken pipe: 128 + SIGPIPE. */
const BROKEN_PIPE = 141;
/** What a shell reports after Ctrl+C. */
const INTERRUPTED = 130;
/** Which variables may hold what a bug's report must not show. */
const SECRET_NAME = /key|secret|token|passw|credential|auth/i;

export async function main(argv: readonly string[] = process.argv.slice(2)): Promise<void> {
  if (argv.length === 1 && argv[0] === "--version") {
    process.stdout.write(`${readVersion()}\n`);
    return;
  }
  if (argv.length === 1 && argv[0] === "--help") {
    const help = readBuiltHelp();
    if (help !== null) {
      process.stdout.write(help);
      return;
    }
  }
  const host = currentHost();
  if (process.pid === 1) await runBelow(argv, host);
  let readerGone = false;
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      // A terminal that is gone (EIO) must not stop the orderly end; a reader that is gone ends us.
      if (error.code === "EPIPE" && stream === process.stdout && !readerGone) {
        readerGone = true;
        process.kill(process.pid, "SIGTERM");
      }
    });
  }
  // Nothing awaits us any more: the reaper ends what we started as soon as we are gone.
  const leaveAtOnce = async (error: unknown) => leave(await explain(error, host));
  let isLeaving = false;
  process.on("uncaughtException", (error) => {
    // Saying why has failed, too.
    if (isLeaving) process.exit(EXIT_CODES.bug.code);
    isLeaving = true;
    void leaveAtOnce(error);
  });
  const signals = installSignals();
  let code: number;
  try {
    code = await runLine(argv, host, signals);
  } catch (error) {
    // Ended by the user while something was awaited: the signal says it all.
    const isAnswer = signals.abort.aborted && error === signals.abort.reason;
    code = isAnswer ? EXIT_CODES.failed.code : await explain(error, host);
  }
  const received = signals.received();
  if (readerGone) await leave(BROKEN_PIPE);
  else if (signals.force.aborted) await leave(INTERRUPTED);
  else if (received === null || code === EXIT_CODES.bug.code) await leave(code);
  else {
    signals.uninstall();
    process.kill(process.pid, received);
    // Still here: the kernel spares PID 1 of a container.
    const { toExitCode } = await import("./platform/exit-status.ts");
    await leave(toExitCode({ code: null, signal: received }));
  }
}

/** Returns where that is not needed, or not possible. */
async function runBelow(argv: readonly string[], host: Host): Promise<void> {
  const { needsInit, runUnderInit } = await import("./platform/under-init.ts");
  if (!needsInit(argv)) return;
  const code = await runUnderInit();
  if (code !== null) process.exit(code);
  const { createTerminal } = await import("./ui/terminal.ts");
  const terminal = await createTerminal(host, { verbose: false });
  terminal.problem({
    severity: "warning",
    message: "as PID 1 without python3 sidelite cannot wait for orphans: they stay as zombies",
    remedy: "start the container with an init: docker run --init",
  });
}

/** Lets buffered output reach its pipe, then ends even if a handle is still open. */
async function leave(code: number): Promise<never> {
  await Promise.all(
    [process.stdout, process.stderr].map(
      (stream) =>
        new Promise<void>((done) => (stream.writable ? stream.write("", () => done()) : done())),
    ),
  );
  process.exit(code);
}

async function explain(error: unknown, host: Host): Promise<number> {
  if (error instanceof Error && "code" in error && /^E[MN]FILE$/.test(String(error.code))) {
    // Without loading anything: that is what may have failed.
    process.stderr.write(
      "sidelite: error: too many open files\n  fix: raise the limit: ulimit -n 4096\n",
    );
    return EXIT_CODES.machine.code;
  }
  const { UserError } = await import("./core/errors.ts");
  const { createTerminal } = await import("./ui/terminal.ts");
  const terminal = await createTerminal(host, { verbose: false });
  if (error instanceof UserError) {
    for (const problem of error.problems) terminal.problem(problem);
    return error.exitCode;
  }
  const { createRedactor } = await import("./core/redact.ts");
  const redactor = createRedactor();
  for (const [name, value] of Object.entries(host.env)) {
    if (value !== undefined && SECRET_NAME.test(name)) redactor.add(value);
  }
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  terminal.problem({
    severity: "error",
    message: `a bug in sidelite: ${redactor.text(trace)}`,
    remedy: "please report it with the command you ran",
  });
  return EXIT_CODES.bug.code;
}

function currentHost(): Host {
  return {
    env: process.env,
    cwd: process.cwd(),
    home: process.env["HOME"] || null,
    platform: process.platform,
    arch: process.arch,
    get stdin() {
      return process.stdin;
    },
    stdout: process.stdout,
    stderr: process.stderr,
    now: () => new Date(),
    monotonic: () => performance.now(),
  };
}
