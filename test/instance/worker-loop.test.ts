import { setTimeout as delay } from "node:timers/promises";

import { expect, it } from "vitest";

import { WorkerLoop } from "../../src/instance/worker-loop.ts";
import type { ExitStatus } from "../../src/platform/exit-status.ts";
import type { Worker } from "../../src/worker/worker.ts";
import { sayingReport } from "../fixtures/saying-report.ts";

interface StandIn extends Worker {
  end(status: ExitStatus): void;
}

/** Workers that live until they are stopped, each start and stop taking a moment. */
function makeLoop(policy: "once" | "on-failure") {
  const alive = new Set<StandIn>();
  let pid = 0;
  const start = async (): Promise<Worker> => {
    await delay(5);
    let end: StandIn["end"] = () => undefined;
    const exited = new Promise<ExitStatus>((resolve) => (end = resolve));
    const worker: StandIn = {
      pid: ++pid,
      exited,
      end: (status) => {
        alive.delete(worker);
        end(status);
      },
      stop: async () => {
        await delay(5);
        worker.end({ code: 0, signal: null });
      },
    };
    alive.add(worker);
    return worker;
  };
  const host = { now: () => new Date(), monotonic: () => performance.now() };
  const loop = new WorkerLoop({ start, policy, report: sayingReport(() => undefined), host });
  return { loop, alive };
}

const never = new AbortController().signal;
const now = AbortSignal.abort();

it("has one worker after any number of restarts at once", async () => {
  const { loop, alive } = makeLoop("on-failure");
  await loop.start();
  const ended = loop.ended();
  await Promise.all([1, 2, 3, 4].map(() => loop.restart(never)));
  expect([...alive].map(({ pid }) => pid)).toEqual([loop.status().pid]);
  expect(loop.status()).toMatchObject({ state: "running", restarts: 4 });
  await loop.stop(now);
  expect(await ended).toMatchObject({ givenUp: false });
  expect(alive.size).toBe(0);
});

it("has one worker when the user restarts a failed one that is about to be started again", async () => {
  const { loop, alive } = makeLoop("on-failure");
  await loop.start();
  const ended = loop.ended();
  [...alive][0]?.end({ code: 1, signal: null });
  // The first back-off is a second long: the user comes at its end.
  await delay(990);
  await loop.restart(never);
  await delay(50);
  expect([...alive].map(({ pid }) => pid)).toEqual([loop.status().pid]);
  await loop.stop(now);
  await ended;
  expect(alive.size).toBe(0);
});

it("leaves none that was just being started when it is stopped", async () => {
  const { loop, alive } = makeLoop("once");
  const starting = loop.start();
  await loop.stop(now);
  await starting;
  expect(alive.size).toBe(0);
});
