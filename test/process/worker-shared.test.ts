import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";

import { until } from "../fixtures/poll.ts";
import { readStat } from "../fixtures/proc.ts";
import { startSupervised, workerLog } from "../fixtures/supervised.ts";
import { useHome } from "../fixtures/use-home.ts";
import { workerCommand } from "../fixtures/worker.ts";

describe("a worker that shares our streams", () => {
  it("gets stdin and gives stdout byte for byte, and nothing is logged", async () => {
    const home = await useHome();
    const input = randomBytes(3 << 20);
    const result = await startSupervised(home, { mode: "shared", command: ["cat"], input })
      .finished;
    expect(result.code).toBe(0);
    expect(result.stdoutBytes.equals(input)).toBe(true);
    expect(existsSync(workerLog(home))).toBe(false);
  });

  it("keeps its streams apart and is in our group", async () => {
    const home = await useHome();
    const command = ["sh", "-c", "echo out; echo err >&2; cut -d' ' -f5 /proc/$$/stat"];
    const program = startSupervised(home, { mode: "shared", command });
    expect(await program.finished).toMatchObject({
      stdout: `out\n${program.pid}\n`,
      stderr: "err\n",
    });
  });

  it.each(["SIGTERM", "SIGHUP", "SIGINT"] as const)(
    "gets %s as it is, drains, and we end by it",
    async (name) => {
      const home = await useHome();
      const command = workerCommand("wait", "200", "9");
      const program = startSupervised(home, { mode: "shared", command });
      await program.waitFor(/ready/);
      program.signal(name);
      expect(await program.finished).toMatchObject({
        signal: name,
        stdout: expect.stringContaining(`got ${name}`),
      });
      expect(program.stdout().match(/got/g)).toHaveLength(1);
    },
  );

  it("is killed when asked a second time, and what escaped from it, too", async () => {
    const home = await useHome();
    const script = `setsid sleep 77 & trap '' TERM; echo ready; while :; do sleep 0.02; done`;
    const program = startSupervised(home, { mode: "shared", command: ["sh", "-c", script] });
    await program.waitFor(/ready/);
    program.signal("SIGTERM");
    await until(() => stillRuns(program.pid), { what: "the drain" });
    // The second one counts only when it is no bounce of the first.
    const again = setInterval(() => program.signal("SIGTERM"), 400);
    await program.exited;
    clearInterval(again);
    expect((await program.exited).signal).toBe("SIGTERM");
  });
});

function stillRuns(pid: number): boolean {
  return readStat(pid) !== null;
}
