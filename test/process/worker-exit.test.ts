import { constants } from "node:os";
import { describe, expect, it, onTestFinished } from "vitest";

import { createCookie } from "../../src/platform/cookie.ts";
import { toExitCode } from "../../src/platform/exit-status.ts";
import { installSignals } from "../../src/platform/signals.ts";
import { buildWorkerSpec } from "../../src/worker/command.ts";
import { launchWorker } from "../../src/worker/launch.ts";
import { startSupervised } from "../fixtures/supervised.ts";
import { useHome } from "../fixtures/use-home.ts";

const SIGNALS = ["SIGTERM", "SIGKILL", "SIGSEGV"] as const;
/** Numbers of all signals that end a process that does not care. */
const HARMLESS = /^SIG(?:CHLD|CONT|STOP|TSTP|TTIN|TTOU|URG|WINCH|INFO)$/;
const DEADLY = [
  ...new Set(
    Object.entries(constants.signals)
      .filter(([name]) => !HARMLESS.test(name))
      .map(([, number]) => number),
  ),
];

describe("a worker's end", () => {
  it("is told exactly for every code and every signal", async () => {
    const signals = installSignals();
    onTestFinished(() => signals.uninstall());
    const codes = Array.from({ length: 256 }, (_, code) => ({ script: `exit ${code}`, code }));
    const deaths = DEADLY.map((number) => ({
      script: `ulimit -c 0; kill -${number} $$; sleep 30`,
      code: 128 + number,
    }));
    const expected = [...codes, ...deaths];
    const seen: typeof expected = [];
    for (const { script } of expected) {
      const spec = buildWorkerSpec({
        mode: "shared",
        command: ["sh", "-c", script],
        kubiyaProgram: null,
        queueId: null,
        env: { PATH: "/usr/bin:/bin" },
        cwd: "/",
        stopSignal: null,
      });
      const reaper = { addGroup: () => undefined, removeGroup: () => undefined };
      const cookie = createCookie("t");
      const worker = await launchWorker(spec, { cookie, reaper, signals, output: null });
      seen.push({ script, code: toExitCode(await worker.exited) });
    }
    expect(seen).toEqual(expected);
  });

  it.each(["shared", "logged"] as const)("becomes the program's own end (%s)", async (mode) => {
    const home = await useHome();
    for (const code of [0, 1, 42, 126, 127, 255]) {
      const program = startSupervised(home, { mode, command: ["sh", "-c", `exit ${code}`] });
      expect(await program.exited).toEqual({ code, signal: null });
    }
  });

  it.each(SIGNALS)("by %s becomes 128 and its number", async (name) => {
    const home = await useHome();
    const command = ["sh", "-c", `kill -${name.slice(3)} $$; sleep 30`];
    const expected = { code: 128 + constants.signals[name], signal: null };
    for (const mode of ["shared", "logged"] as const) {
      expect(await startSupervised(home, { mode, command }).exited).toEqual(expected);
    }
  });

  it("is 127 for a command that is not there and 126 for one that cannot run", async () => {
    const home = await useHome();
    const folder = await startSupervised(home, { mode: "shared", command: [home.cwd] }).finished;
    expect(folder).toMatchObject({ code: 126, stderr: expect.stringContaining("is a folder") });
    const none = await startSupervised(home, { mode: "logged", command: ["no-such-agent"] })
      .finished;
    expect(none).toMatchObject({
      code: 127,
      stderr: expect.stringContaining("not found: no-such-agent"),
    });
  });
});
