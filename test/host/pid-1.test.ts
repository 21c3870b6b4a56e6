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
