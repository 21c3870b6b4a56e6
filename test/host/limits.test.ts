// A machine that gives too few files or processes: a start says so, a running instance lives through it.
import { once } from "node:events";
import type { Socket } from "node:net";
import { connect } from "node:net";

import { expect, it, onTestFinished } from "vitest";

import { PROGRAM, runCli } from "../fixtures/cli.ts";
import { parseObject } from "../fixtures/json-object.ts";
import { until } from "../fixtures/poll.ts";
import { useHome } from "../fixtures/use-home.ts";
import type { Shown } from "../fixtures/use-instances.ts";
import { useInstances } from "../fixtures/use-instances.ts";
import { workerCommand } from "../fixtures/worker.ts";
import { makeOtherUser } from "./fixtures/other-user.ts";

const LIMITED = ["sh", "-c", 'ulimit -n "$0"; exec "$@"'];
const sidelite = [process.execPath, PROGRAM];

it.each([20, 24])("says that %i open files are too few (F66)", async (files) => {
  const home = await useHome();
  const program = [...LIMITED, String(files), ...sidelite];
  const start = ["worker", "start", "--queue-id", "q", "--", ...workerCommand("exit", "0")];
  expect(await runCli(home, start, { program, deadlineMs: 30_000 })).toMatchObject({
    code: 7,
    stderr: expect.stringContaining("ulimit -n"),
  });
});

it("starts a worker with 64 open files", async () => {
  const home = await useHome();
  const program = [...LIMITED, "64", ...sidelite];
  const start = ["worker", "start", "--queue-id", "q", "--", ...workerCommand("exit", "0")];
  expect(await runCli(home, start, { program })).toMatchObject({ code: 0 });
});

it("goes on when its clients use up its open files (F66, F73)", async () => {
  const { start, proxied, status, run } = await useInstances();
  const program = [...LIMITED, "256", ...sidelite];
  const flags = ["--queue-id", "q", ...proxied, "-d", "--", ...workerCommand("wait")];
  expect((await start(["worker", "start", ...flags], { program }).finished).code).toBe(0);
  const before = await status("q");
  const url = new URL(before.url ?? "");
  const sockets: Socket[] = [];
  const hangUp = (): void => sockets.forEach((socket) => socket.destroy());
  onTestFinished(hangUp);
  for (let count = 0; count < 400; count += 1) {
    const socket = connect(Number(url.port), url.hostname);
    socket.on("error", () => undefined);
    sockets.push(socket);
    await once(socket, "connect");
  }
  process.kill(before.worker?.pid ?? 0, "SIGKILL");
  hangUp();
  const health = await fetch(`${url.origin}/_sidelite/health`);
  expect(health.status).toBe(204);
  await until(async () => (await status("q")).worker?.restarts === 1, {
    what: "the restarted worker",
    deadlineMs: 20_000,
    everyMs: 200,
  });
  expect(await status("q")).toMatchObject({ pid: before.pid, worker: { state: "running" } });
  expect(await run(["worker", "stop", "q"])).toMatchObject({ code: 0 });
});

it("starts its worker again once there are processes to be had (F67)", async () => {
  const home = await useHome();
  const user = await makeOtherUser(home);
  const program = [...user.prefix, ...sidelite];
  const run = async (...args: string[]) => runCli(home, args, { program });
  const status = async (): Promise<Shown> =>
    parseObject((await run("worker", "status", "q", "--json")).stdout)["instance"] as Shown;
  const start = ["worker", "start", "-d", "--queue-id", "q", "--", ...workerCommand("wait")];
  expect(await run(...start)).toMatchObject({ code: 0 });
  home.onStop(async () => void (await run("worker", "stop", "q", "--force")));
  const { pid, worker } = await status();
  const limit = async (most: string): Promise<void> => {
    const prlimit = [...user.prefix, "prlimit", "--pid", String(pid), `--nproc=${most}`];
    expect(await runCli(home, [], { program: prlimit })).toMatchObject({ code: 0 });
  };
  await limit("1:");
  process.kill(worker?.pid ?? 0, "SIGKILL");
  await until(async () => (await status()).worker?.lastExit?.code === 7, {
    what: "a start in vain",
    everyMs: 200,
  });
  expect(await status()).toMatchObject({ state: "running", pid });
  await limit("10000:");
  await until(async () => (await status()).worker?.state === "running", {
    what: "the worker",
    deadlineMs: 20_000,
    everyMs: 200,
  });
  expect(await run("worker", "stop", "q")).toMatchObject({ code: 0 });
});
