import { setTimeout as sleep } from "node:timers/promises";

import { describe, expect, it } from "vitest";

import type { ProxyLimits } from "../../src/core/proxy-spec.ts";
import type { Behaviour } from "../fixtures/fake-litellm.ts";
import { steerFakeLitellm } from "../fixtures/fake-litellm.ts";
import { until } from "../fixtures/poll.ts";
import { useHome } from "../fixtures/use-home.ts";
import { FORKS } from "../fixtures/fork-mode.ts";
import { fakePython, mockModel, servingPid, useProxy } from "../proxy/support.ts";

describe(`with fork ${FORKS}:`, () => {
  async function setUp(
    behaviour: Behaviour & { readonly boots?: readonly Behaviour[] } = {},
    limits: Partial<ProxyLimits> = {},
  ) {
    const home = await useHome();
    const fake = await steerFakeLitellm(home.home);
    await fake.behave(behaviour);
    const test = await useProxy(home, { python: await fakePython(home), fork: FORKS, limits });
    const serve = async (models: readonly object[] = [mockModel("m")]) =>
      test.proxy.serve(await test.configure(models));
    return { home, fake, test, serve };
  }

  describe("a boot that fails", () => {
    it("is told at once, with the last redacted lines and the cause, and not repeated", async () => {
      const { fake, test, serve } = await setUp();
      const lines = [
        ...Array.from({ length: 30 }, (_, at) => `line ${at}`),
        "Bearer a-token-of-a-user",
      ];
      await fake.behave({ boot_lines: lines, boot_error: "Invalid routing_strategy: 'x'" });
      await serve();
      const { cause, lines: shown } = await test.proxy.failed;
      expect(cause).toMatchObject({ kind: "configuration", permanent: true });
      expect(cause.summary).toContain("Invalid routing_strategy");
      expect(shown).toHaveLength(20);
      expect(shown.join("\n")).toContain("Bearer ***");
      expect(test.upstream.refusal()).toContain("Invalid routing_strategy");
      expect(test.proxy.state()).toMatchObject({ phase: "failed", deaths: 0 });
      const booted = (await fake.journal()).filter(({ event }) => event === "boot");
      expect(booted).toHaveLength(1);
      expect(await test.log()).toContain("g1 Bearer ***\n");
    });

    it("by a kill is tried again", async () => {
      const { test, serve } = await setUp({ boots: [{ boot_signal: "SIGKILL" }, {}] });
      await serve();
      await test.proxy.ready;
      expect(test.proxy.state()).toMatchObject({ phase: "ready", deaths: 1 });
      const ended = test.events.find(({ name }) => name === "proxy.ended");
      expect(ended?.fields).toMatchObject({ asked: false });
      expect(String(ended?.fields?.["cause"])).toContain("killed");
    });

    it("again and again is given up at the limit", async () => {
      const { test, serve } = await setUp({ boot_exit: 1 }, { maxRestarts: 2 });
      await serve();
      const { cause } = await test.proxy.failed;
      expect(cause.summary).toContain("it died 2 times within 10 minutes");
      expect(test.proxy.state().phase).toBe("failed");
    });
  });

  describe("readiness", () => {
    it("names the models that LiteLLM dropped", async () => {
      const { test, serve } = await setUp({ drop_models: ["gone"] });
      await serve([mockModel("m"), mockModel("gone")]);
      expect((await test.proxy.ready).degraded).toEqual(["gone"]);
      expect(test.proxy.state()).toMatchObject({ phase: "degraded", missing: ["gone"] });
    });

    it("fails where none of the models is there, and no process stays", async () => {
      const { test, serve } = await setUp({ drop_models: ["m"] });
      await serve();
      const { cause } = await test.proxy.failed;
      expect(cause.summary).toBe("LiteLLM serves none of the configured models");
      await until(() => test.groups.size === 0, { what: "the end of the keeper" });
    });

    it("fails where it takes longer than the budget", async () => {
      const { test, serve } = await setUp({ readiness_status: 503 }, { readinessSeconds: 4 });
      await serve();
      expect((await test.proxy.failed).cause.summary).toBe("LiteLLM was not ready within 4 s");
      const started = test.events.find(({ name }) => name === "proxy.started");
      expect(started).toBeDefined();
    });

    it("fails where the import alone takes longer", async () => {
      const { test, serve } = await setUp({ import_seconds: 30 }, { readinessSeconds: 1 });
      await serve();
      expect((await test.proxy.failed).cause.summary).toBe("LiteLLM was not loaded within 1 s");
    });

    it("waits for a slow boot without restarting it", async () => {
      const { fake, test, serve } = await setUp({ boot_seconds: 2 });
      await serve();
      expect((await test.proxy.ready).ms).toBeGreaterThan(2_000);
      expect((await fake.journal()).filter(({ event }) => event === "boot")).toHaveLength(1);
    });
  });

  describe("stop", () => {
    it("is quick while it imports and while it boots", async () => {
      for (const behaviour of [{ import_seconds: 20 }, { boot_seconds: 20 }]) {
        const { fake, test, serve } = await setUp(behaviour);
        await serve();
        const isBooting = async () => (await fake.journal()).some(({ event }) => event === "boot");
        if ("boot_seconds" in behaviour) await until(isBooting, { what: "the boot" });
        const started = performance.now();
        await test.proxy.stop(AbortSignal.timeout(10_000));
        expect(performance.now() - started).toBeLessThan(2_000);
        expect(test.proxy.state().phase).toBe("stopped");
      }
    });

    it("lets a stream end within the grace", async () => {
      const { test, serve } = await setUp({}, { graceSeconds: 5 });
      await serve();
      await test.proxy.ready;
      const body = { model: "m", stream: true, fake: { chunks: 8, gap_seconds: 0.1 } };
      const answer = test.ask("/v1/chat/completions", body);
      await sleep(200); // the request is under way
      await test.proxy.stop(AbortSignal.timeout(10_000));
      expect((await answer).body).toContain("[DONE]");
    });

    it("cuts a stream that outlives the grace, even where TERM is ignored", async () => {
      const { test, serve } = await setUp({ ignore_term: true }, { graceSeconds: 0 });
      await serve();
      await test.proxy.ready;
      const pid = await servingPid(test);
      const body = { model: "m", stream: true, fake: { chunks: 600, gap_seconds: 0.1 } };
      const cut = test.ask("/v1/chat/completions", body).then(
        () => "ended",
        () => "cut",
      );
      await sleep(200); // the request is under way
      const started = performance.now();
      await test.proxy.stop(AbortSignal.timeout(10_000));
      expect(performance.now() - started).toBeLessThan(4_000);
      expect(await cut).toBe("cut");
      expect(() => process.kill(pid, 0)).toThrow("ESRCH");
    });

    it("is immediate when its deadline fires, twice and in parallel", async () => {
      const { test, serve } = await setUp({ ignore_term: true }, { graceSeconds: 20 });
      await serve();
      await test.proxy.ready;
      const deadline = new AbortController();
      const started = performance.now();
      const stopped = [test.proxy.stop(deadline.signal), test.proxy.stop(deadline.signal)];
      deadline.abort();
      await Promise.all(stopped);
      expect(performance.now() - started).toBeLessThan(2_000);
      expect(test.proxy.state().phase).toBe("stopped");
    });
  });

  it("keeps up with a flood of output and loses no line", async () => {
    const { test, serve } = await setUp({ flood_bytes: 8_000_000 });
    await serve();
    await test.proxy.ready;
    const lines = Math.floor(8_000_000 / 12_200) * 100;
    const count = async () =>
      (await test.log()).match(/^g1 LiteLLM Proxy:DEBUG: x{100}$/gm)?.length;
    await until(async () => (await count()) === lines, { what: "all lines", deadlineMs: 20_000 });
    expect((await test.ask("/v1/chat/completions", { model: "m" })).status).toBe(200);
  });
});
