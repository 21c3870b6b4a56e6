import { symlink } from "node:fs/promises";
import { join } from "node:path";

import { expect, it } from "vitest";

import { PROGRAM, startCli } from "../fixtures/cli.ts";
import { until } from "../fixtures/poll.ts";
import { useHome } from "../fixtures/use-home.ts";
import { workerCommand } from "../fixtures/worker.ts";
import { AS_PID_1, findChild } from "./fixtures/pid-namespace.ts";

const program = [...AS_PID_1, process.execPath, PROGRAM];
const start = ["worker", "start", "--queue-id", "q", "--"];

it("gives back the worker's exit code as PID 1", async () => {
  const home = await useHome();
  const cli = startCli(home, [...start, ...workerCommand("exit", "42")], { program });
  expect(await cli.finished).toMatchObject({ code: 42 });
});

it("ends on SIGTERM as PID 1, where the kernel has no default for it, after its worker", async () => {
  const home = await useHome();
  const cli = startCli(home, [...start, ...workerCommand("wait", "100")], { program });
  await cli.waitFor(/ready \d+/);
  const pid1 = await until(() => findChild(cli.pid), { what: "PID 1" });
  process.kill(pid1, "SIGTERM");
  expect(await cli.finished).toMatchObject({
    code: 143,
    stdout: expect.stringContaining("got SIGTERM"),
  });
});

/** Leaves a hundred processes without a parent, then waits until none of them is a zombie. */
const ORPHANS = `
for n in $(seq 100); do (sleep 0.05 &); done
for n in $(seq 100); do
  sleep 0.05
  zombies=$(cat /proc/[0-9]*/stat 2>/dev/null | grep -c ') Z ')
  [ "$zombies" = 0 ] && break
done
echo "zombies $zombies of $(ls -d /proc/[0-9]* | wc -l)"`;

it("reaps what its worker leaves to PID 1 (F15)", async () => {
  const home = await useHome({ env: { LC_ALL: null, LANG: null } });
  const script = `${ORPHANS}; echo "environment $(env | grep -c ^LC_)"; exit 5`;
  const cli = startCli(home, [...start, "sh", "-c", script], { program });
  const { code, stdout } = await cli.finished;
  expect(code).toBe(5);
  expect(stdout).toMatch(/^zombies 0 of \d{1,2}$/m);
  expect(stdout).toContain("environment 0");
});

it("says that nobody reaps where Python is missing", async () => {
  const home = await useHome();
  await symlink("/usr/bin/flock", join(home.cwd, "flock"));
  const env = { PATH: home.cwd };
  const cli = startCli(home, [...start, "/bin/sh", "-c", "exit 6"], {
    program: ["/usr/bin/unshare", ...program.slice(1)],
    env,
  });
  expect(await cli.finished).toMatchObject({
    code: 6,
    stderr: expect.stringContaining("docker run --init"),
  });
});
