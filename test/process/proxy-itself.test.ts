// A keeper that serves by itself reads no order any more from its start on: what was sent meanwhile reaches it otherwise.
import { expect, it, onTestFinished } from "vitest";

import { createRedactor } from "../../src/core/redact.ts";
import type { ExitStatus } from "../../src/platform/exit-status.ts";
import { openLogFile } from "../../src/platform/log-file.ts";
import { spawnChild } from "../../src/platform/spawn.ts";
import type { Keeper } from "../../src/proxy/keeper.ts";
import { superviseKeeper } from "../../src/proxy/keeper.ts";
import type { StartOrder } from "../../src/proxy/protocol.ts";
import { PROTOCOL } from "../../src/proxy/protocol.ts";
import { Tail } from "../../src/proxy/tail.ts";
import { useHome } from "../fixtures/use-home.ts";

/** Takes its time between reading the order and saying that it runs. */
const SLOW_KEEPER = `
import json, os, time
def emit(**event): os.write(3, json.dumps(event).encode() + b"\\n")
emit(event="hello", protocol=${PROTOCOL}, pid=os.getpid(), python="3", litellm="0", fork=False)
emit(event="imported", ms=1, threads=1, sockets=0)
os.read(3, 1 << 16)
time.sleep(0.3)
emit(event="started", generation=1, pid=os.getpid())
time.sleep(600)
`;

const START: StartOrder = {
  order: "start",
  generation: 1,
  socket: "/nonexistent/g1",
  log: "/nonexistent/g1.log",
  cwd: null,
  environment: {},
  worker_config: {},
  grace_s: 1,
  keep_alive_s: 1,
  further: false,
};

it.each([
  ["KILL", { order: "signal", generation: 1, signal: "KILL" }, "SIGKILL"],
  ["quit", { order: "quit" }, "SIGTERM"],
] as const)("%s between the start order and its answer ends it", async (_, order, signal) => {
  const home = await useHome();
  const log = openLogFile(`${home.dir}/log`, { maxBytes: 1 << 20, keep: 1 });
  onTestFinished(() => log.close());
  const child = await spawnChild({
    file: "python3",
    args: ["-c", SLOW_KEEPER],
    env: home.env,
    stdio: ["ignore", "pipe", "pipe", "pipe", "pipe"],
    ownGroup: true,
  });
  for (const socket of child.stdio) socket?.on("error", () => undefined); // reset at its end
  home.onStop(async () => void child.killGroup("SIGKILL"));
  const ends: [number, ExitStatus][] = [];
  const ended = new Promise<ExitStatus>((resolve) => {
    const output = { source: "keeper", log, redactor: createRedactor([]), tail: new Tail() };
    const keeper: Keeper = superviseKeeper(child, output, {
      imported: () => {
        keeper.send(START);
        keeper.send(order);
      },
      warmed: () => undefined,
      started: () => undefined,
      refused: () => undefined,
      exited: (generation, status) => void ends.push([generation, status]),
      ended: resolve,
    });
  });
  const status = { code: null, signal };
  expect(await ended).toEqual(status);
  expect(ends).toEqual([[1, status]]);
});
