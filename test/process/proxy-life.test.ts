import { readdir } from "node:fs/promises";

import { describe, expect, it } from "vitest";

import { steerFakeLitellm } from "../fixtures/fake-litellm.ts";
import type { Behaviour } from "../fixtures/fake-litellm.ts";
import { until } from "../fixtures/poll.ts";
import { useHome } from "../fixtures/use-home.ts";
import { FORKS } from "../fixtures/fork-mode.ts";
import type { TestProxyOptions } from "../proxy/support.ts";
import { fakePython, mockModel, servingPid, useProxy } from "../proxy/support.ts";

async function setUp(
  behaviour: Behaviour & { readonly boots?: readonly Behaviour[] } = {},
  options: Partial<TestProxyOptions> = {},
) {
  const home = await useHome();
  const fake = await steerFakeLitellm(home.home);
  await fake.behave(behaviour);
  const test = await useProxy(home, { python: await fakePython(home), ...options });
  return { home, fake, test };
}

describe(`with fork ${FORKS}`, () => {
  it("boots, becomes ready, answers and stops without a trace", async () => {
    const { test, home } = await setUp({}, { fork: FORKS });
    test.proxy.serve(await test.configure([mockModel("m"), mockModel("openai/*")]));
    const { ms, degraded } = await test.proxy.ready;
    expect(degraded).toEqual([]);
    expect(ms).toBeGreaterThan(0);
    expect(test.proxy.state()).toMatchObject({ phase: "ready", deaths: 0, failure: null });
    expect((await test.ask("/v1/chat/completions", { model: "m" })).status).toBe(200);
    const pid = await servingPid(test);
    expect(test.groups).toContain(pid);

    await test.proxy.stop(AbortSignal.timeout(10_000));
    expect(test.proxy.state()).toMatchObject({ phase: "stopped", generations: [] });
    expect(() => process.kill(pid, 0)).toThrow("ESRCH");
    expect([...test.groups]).toEqual([]);
    expect(await readdir(home.runDir)).toEqual([]);
    expect(test.names()).toEqual([
      "proxy.spawned",
      "proxy.imported",
      "proxy.started",
      "proxy.ready",
      "proxy.stopping",
      "proxy.ended",
      "proxy.keeper-ended",
      "proxy.stopped",
    ]);
  });

  it("starts again after a kill, on a new process", async () => {
    const { test } = await setUp({}, { fork: FORKS });
    test.proxy.serve(await test.configure([mockModel("m")]));
    await test.proxy.ready;
    const pid = await servingPid(test);
    process.kill(pid, "SIGKILL");
    await until(() => test.proxy.state().phase === "restarting", { what: "the death" });
    expect(test.upstream.serving.size).toBe(0);
    const next = await until(
      async () => test.proxy.state().phase === "ready" && (await servingPid(test)),
      { what: "the restart", deadlineMs: 20_000 },
    );
    expect(next).not.toBe(pid);
    expect((await test.ask("/v1/chat/completions", { model: "m" })).status).toBe(200);
    const restart = test.events.find(({ name }) => name === "proxy.restarting");
    expect(Number(restart?.fields?.["ms"])).toBeGreaterThanOrEqual(800);
  });
});
