import { setTimeout as sleep } from "node:timers/promises";

import { describe, expect, it } from "vitest";

import type { Behaviour } from "../fixtures/fake-litellm.ts";
import { steerFakeLitellm } from "../fixtures/fake-litellm.ts";
import { until } from "../fixtures/poll.ts";
import { readEnviron, readStat } from "../fixtures/proc.ts";
import { useHome } from "../fixtures/use-home.ts";
import { FORKS } from "../fixtures/fork-mode.ts";
import { fakePython, mockModel, servingPid, useProxy } from "../proxy/support.ts";

async function boot(fork: boolean, boots: readonly Behaviour[] = []) {
  const home = await useHome();
  const fake = await steerFakeLitellm(home.home);
  await fake.behave({ boots });
  const test = await useProxy(home, { python: await fakePython(home), fork });
  test.proxy.serve(await test.configure([mockModel("old")]));
  await test.proxy.ready;
  return { test, old: await servingPid(test) };
}

function isGone(pid: number): boolean {
  try {
    return !process.kill(pid, 0);
  } catch {
    return true;
  }
}

describe(`with fork ${FORKS}`, () => {
  it("serves a new configuration, then drains the old generation and ends it", async () => {
    const { test, old } = await boot(FORKS);
    const release = test.upstream.holdDrains();
    test.proxy.serve(await test.configure([mockModel("new")]));
    await until(() => test.upstream.calls.includes("drain g1"), { what: "the switch" });
    expect(test.upstream.calls).toEqual(["add g1", "add g2", "drain g1"]);
    expect(isGone(old)).toBe(false);
    expect((await test.ask("/v1/models")).body).toContain('"new"');

    release();
    await until(() => isGone(old), { what: "the old generation's end" });
    await until(() => test.proxy.state().generations.length === 1, { what: "one generation" });
    expect(test.proxy.state()).toMatchObject({ phase: "ready", deaths: 0 });
    expect((await test.ask("/v1/models")).body).not.toContain('"old"');
  });

  it("leaves the old generation serving when the new configuration does not come up", async () => {
    const { test, old } = await boot(FORKS, [{}, { boot_error: "Invalid routing_strategy: 'x'" }]);
    test.proxy.serve(await test.configure([mockModel("new")]));
    await until(() => test.names().includes("proxy.rejected"), { what: "the rejection" });
    expect(test.proxy.state()).toMatchObject({ phase: "ready", deaths: 0, failure: null });
    expect(await servingPid(test)).toBe(old);
    expect((await test.ask("/v1/models")).body).toContain('"old"');
    const rejected = test.events.find(({ name }) => name === "proxy.rejected");
    expect(String(rejected?.fields?.["cause"])).toContain("Invalid routing_strategy");
  });

  it("takes the last of several configurations that come at once", async () => {
    const { test } = await boot(FORKS);
    for (const name of ["a", "b", "c"]) {
      test.proxy.serve(await test.configure([mockModel(name)]));
    }
    await until(() => test.upstream.calls.includes("drain g1"), { what: "the switch" });
    expect((await test.ask("/v1/models")).body).toContain('"c"');
    await until(() => test.proxy.state().generations.length === 1, { what: "one generation" });
    expect(test.proxy.state().deaths).toBe(0);
  });
});

it("ends what it ordered before the last one, at whatever moment that comes, without a fork too", async () => {
  const { test } = await boot(false);
  const imports = () => test.names().filter((name) => name === "proxy.imported").length;
  for (const ms of [0, 3]) {
    const [first, last] = [`first-${ms}`, `last-${ms}`];
    const before = imports();
    test.proxy.serve(await test.configure([mockModel(first)]));
    const next = await test.configure([mockModel(last)]);
    await until(() => imports() > before, { what: "the keeper of the first", everyMs: 1 });
    await sleep(ms); // the moment is what this test chooses
    test.proxy.serve(next);
    await until(async () => (await test.ask("/v1/models")).body.includes(last), { what: last });
    await until(() => test.proxy.state().generations.length === 1, { what: "one generation" });
    await until(() => test.groups.size === 1, { what: "the end of the first's keeper" });
  }
  expect(test.proxy.state().deaths).toBe(0);
});

it("hands what LiteLLM's import reads to a second keeper, and the first one serves until then", async () => {
  const { test, old } = await boot(true);
  const { importEnvironment, ...rest } = await test.configure([mockModel("new")]);
  const changed = { ...importEnvironment, REQUEST_TIMEOUT: "77" };
  const environment = { ...rest.environment, REQUEST_TIMEOUT: "77" };
  test.proxy.serve({ ...rest, environment, importEnvironment: changed });
  await until(() => test.names().includes("proxy.draining"), { what: "the switch" });
  expect(test.upstream.calls.slice(0, 3)).toEqual(["add g1", "add g3", "drain g1"]);
  const refused = test.events.find(({ name }) => name === "proxy.refused");
  expect(refused?.fields).toMatchObject({ generation: 2, reason: "import-environment" });
  const keeper = readStat(await servingPid(test))?.parent ?? 0;
  expect(readEnviron(keeper)).toContain("REQUEST_TIMEOUT=77");
  await until(() => isGone(old) && test.groups.size === 2, { what: "the first keeper's end" });
  expect(test.proxy.state()).toMatchObject({ phase: "ready", deaths: 0 });
  // The next one is like it, so it is forked.
  const next = await test.configure([mockModel("next")]);
  test.proxy.serve({ ...next, importEnvironment: changed });
  await until(() => test.upstream.calls.includes("add g4"), { what: "the reload" });
  expect(test.names().filter((name) => name === "proxy.spawned")).toHaveLength(2);
});
