// Helpers that a generation sent off into sessions of their own: they go with it, and with no other.
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, it } from "vitest";

import { until } from "../fixtures/poll.ts";
import { readStat } from "../fixtures/proc.ts";
import { useHome } from "../fixtures/use-home.ts";
import { startRawKeeper } from "../proxy/raw-keeper.ts";
import { pythonWith } from "../proxy/support.ts";

/** Two daemons whose parents are gone: one that runs a program, and one that is a fork of LiteLLM and runs none. */
const APP = `
import os, subprocess, time
async def app(scope, receive, send):
    await receive()
    path = os.path.join(os.environ["HOME"], os.environ["SIDELITE_COOKIE"])
    subprocess.run(["setsid", "sh", "-c", f"sleep 93 & echo $! >> '{path}'"])
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            with open(path, "a") as file:
                file.write(f"{os.getpid()}\\n")
            time.sleep(93)
        os._exit(0)
    os.wait()
    await send({"type": "lifespan.startup.complete"})
    await receive()
`;

function lives(pid: number): boolean {
  const state = readStat(pid)?.state;
  return state !== undefined && state !== "Z";
}

it("go with their generation, and stay while another one dies", async () => {
  const home = await useHome();
  const keeper = await startRawKeeper(home, await pythonWith(home, APP));
  await keeper.next("imported");
  const boot = async (generation: number) => {
    const { environment, ...rest } = await keeper.start(generation);
    const cookie = `test.g${generation}.`;
    keeper.write({ ...rest, environment: { ...environment, SIDELITE_COOKIE: cookie } });
    const { pid } = await keeper.next("started");
    const file = join(home.home, cookie);
    const helpers = await until(
      () => {
        const pids = readFileSync(file, "utf8").trim().split("\n").map(Number);
        return pids.length === 2 && pids;
      },
      { what: "its helpers" },
    );
    await until(() => helpers.every((helper) => readStat(helper)?.parent === keeper.child.pid), {
      what: "orphans",
    });
    return { pid, program: helpers[0] ?? 0, fork: helpers[1] ?? 0 };
  };
  const first = await boot(1);
  const second = await boot(2);
  process.kill(first.pid, "SIGKILL");
  await keeper.next("exited");
  await until(() => !lives(first.program), { what: "the end of the first one's program" });
  expect([second.program, second.fork].map(lives)).toEqual([true, true]);
  // Whose it is nobody can tell: it goes with the last generation.
  expect(lives(first.fork)).toBe(true);
  process.kill(second.pid, "SIGKILL");
  await keeper.next("exited");
  await until(() => ![second.program, second.fork, first.fork].some(lives), { what: "their end" });
});
