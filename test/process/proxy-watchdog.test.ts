import { setTimeout as sleep } from "node:timers/promises";

import { expect, it } from "vitest";

import type { FakeLitellm } from "../fixtures/fake-litellm.ts";
import { steerFakeLitellm } from "../fixtures/fake-litellm.ts";
import { until } from "../fixtures/poll.ts";
import { useHome } from "../fixtures/use-home.ts";
import { FORKS } from "../fixtures/fork-mode.ts";
import { fakePython } from "../proxy/support.ts";
import type { FrontedProxy } from "./fronted-rig.ts";
import { useFrontedProxy } from "./fronted-rig.ts";

/** Design 4.1. */
const FOUND_MS = 15_000;

async function stopOne(test: FrontedProxy): Promise<number> {
  const [pid = 0] = test.serving();
  expect(pid).toBeGreaterThan(0);
  process.kill(pid, "SIGSTOP");
  return pid;
}

async function whenReplaced(test: FrontedProxy, pid: number): Promise<void> {
  const isReplaced = () => test.serving().some((other) => other !== pid);
  await until(isReplaced, { what: "another generation", deadlineMs: FOUND_MS + 5_000 });
  const hung = test.events.find(({ name }) => name === "proxy.hung");
  expect(String(hung?.fields?.["cause"])).toMatch(/^LiteLLM hung: nothing came from it for \d+ s$/);
  expect(test.proxy.state().deaths).toBe(1);
}

/** Nobody asks it anything. */
async function hangIdle(test: FrontedProxy): Promise<void> {
  const began = performance.now();
  await whenReplaced(test, await stopOne(test));
  expect(performance.now() - began).toBeLessThan(FOUND_MS);
  expect((await test.complete()).status).toBe(200);
}

/** The first request is sent to it and lost; the later ones are held for the next generation. */
async function hangAsked(test: FrontedProxy, fake: FakeLitellm): Promise<void> {
  const began = performance.now();
  const pid = await stopOne(test);
  const sent = test.complete({}, { user: "sent" });
  const isSuspended = () => test.suspended.length > 0;
  await until(isSuspended, { what: "the first probe to fail", deadlineMs: FOUND_MS });
  const held = Array.from({ length: 5 }, () => test.complete());
  await whenReplaced(test, pid);
  expect(performance.now() - began).toBeLessThan(FOUND_MS);
  expect((await sent).status).toBe(503);
  for (const answer of held) expect((await answer).status).toBe(200);
  const seen = (await fake.journal()).filter(({ event }) => event.startsWith("request"));
  const [next] = test.serving();
  expect(seen.filter((line) => line.pid === pid)).toEqual([]);
  expect(seen.filter((line) => line.pid === next)).toHaveLength(held.length);
}

/** The event loop stands still for longer than a hang is tolerated, with a stream that began before. */
async function freeze(test: FrontedProxy): Promise<void> {
  const pids = test.serving();
  const stream = test.complete({ chunks: 3, gap_seconds: 0.2 }, { stream: true });
  await sleep(100); // the stream is under way
  const blocking = test.complete({ block_seconds: 11 });
  const late = sleep(1_000).then(() => test.complete());
  expect((await stream).body.toString()).toContain("[DONE]");
  expect((await blocking).status).toBe(200);
  expect((await late).status).toBe(200);
  expect(test.serving()).toEqual(pids);
  expect(test.names()).not.toContain("proxy.hung");
}

/** All at once: most of the time is waiting. */
async function runAll(): Promise<string[]> {
  const home = await useHome();
  const python = await fakePython(home);
  const fake = await steerFakeLitellm(home.home);
  const idle = await useFrontedProxy(home, "idle", { python, fork: FORKS });
  const asked = await useFrontedProxy(home, "asked", { python, fork: FORKS });
  const frozen = await useFrontedProxy(home, "frozen", { python, fork: FORKS });
  await Promise.all([hangIdle(idle), hangAsked(asked, fake), freeze(frozen)]);
  return [idle, asked, frozen].map(({ proxy }) => proxy.state().phase);
}

it("kills what hangs, asked or idle, and spares an event loop that only stands still", async () => {
  expect(await runAll()).toEqual(["ready", "ready", "ready"]);
});
