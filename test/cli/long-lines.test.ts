// Lines that are too long, and bytes that are no text, on their way through worker.log and `worker logs` (F65).
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { expect, it } from "vitest";

import { REPOSITORY } from "../fixtures/built.ts";
import { runCli, startCli } from "../fixtures/cli.ts";
import { useHome } from "../fixtures/use-home.ts";

const PTY = join(REPOSITORY, "test/fixtures/pty.py");
const LENGTH = 3_000_000;
/** `before`, a line of 3 MB that ends in NUL, an escape sequence and invalid UTF-8, `after`. */
const SCRIPT = `echo before; head -c ${LENGTH} /dev/zero | tr '\\0' x
printf '\\000\\033[31m\\377\\376\\n'; echo after`;
const WRITTEN = Buffer.from(
  `before\n${"x".repeat(LENGTH)}\0\u001b[31m\u00ff\u00fe\nafter\n`,
  "latin1",
);

it("stand in worker.log in parts, and `logs` shows the worker's bytes; a terminal gets no escape", async () => {
  const home = await useHome();
  const args = ["worker", "start", "--queue-id", "q", "--", "sh", "-c", SCRIPT];
  const started = await startCli(home, args).finished;
  expect(started.code, started.stderr).toBe(0);
  expect(started.stdoutBytes.equals(WRITTEN)).toBe(true);

  const log = await readFile(join(home.state, "workers/q/logs/worker.log"), "latin1");
  const lines = log.split("\n");
  expect(Math.max(...lines.map(({ length }) => length + 1))).toBe(65_536);
  const marked = lines.filter((line) => line.includes("[sidelite: the line goes on]"));
  expect(marked).toHaveLength(46);

  const shown = (await startCli(home, ["worker", "logs", "q"]).finished).stdoutBytes;
  const own = shown.indexOf("\n") + 1;
  expect(shown.subarray(0, own).toString()).toContain("sidelite starts the worker");
  expect(shown.subarray(own).equals(WRITTEN)).toBe(true);

  // The beginning of the line is left out: it is shown as what it is, a part.
  const program = ["python3", PTY, process.execPath, join(REPOSITORY, "bin/sidelite.js")];
  const last = await runCli(home, ["worker", "logs", "q", "-n", "2"], { program });
  expect(last.stdout).toMatch(
    /^\[sidelite: the line goes on\] x+\\x00\\x1b\[31m\ufffd\ufffd\r\nafter\r\n$/,
  );
});
