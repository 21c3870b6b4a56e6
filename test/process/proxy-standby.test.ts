// Where nothing can be forked a second keeper stands by: a crash or a reload takes it and waits for no import.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import { expect, it } from "vitest";

import { startCli } from "../fixtures/cli.ts";
import { steerFakeLitellm } from "../fixtures/fake-litellm.ts";
import { until } from "../fixtures/poll.ts";
import { readEnviron, readStat } from "../fixtures/proc.ts";
import { fixture } from "../fixtures/supervised.ts";
import { useHome } from "../fixtures/use-home.ts";
import type { TestProxy } from "../proxy/support.ts";
import { fakePython, mockModel, servingPid, useProxy } from "../proxy/support.ts";

/** Much longer than a boot. */
const IMPORT_SECONDS = 2;
/** Two imports and the time before the second one, on a busy machine. */
const STANDBY_MS = 40_000;

interface Standing {
  readonly test: TestProxy;
  readonly serving: number;
  readonly standby: number;
}

async function prepare() {
  const home = await useHome();
  const fake = await steerFakeLitellm(home.home);
  await fake.behave({ import_seconds: IMPORT_SECONDS });
  return { home, python: await fakePython(home) };
}

async function standBy(): Promise<Standing> {
  const { home, python } = await prepare();
  const test = await useProxy(home, { python, fork: false });
  test.proxy.serve(await test.configure([mockModel("old")]));
  await test.proxy.ready;
  const count = (name: string) => test.names().filter((known) => known === name).length;
  await until(() => count("proxy.imported") === 2, { what: "a standby", deadlineMs: STANDBY_MS });
  const serving = await servingPid(test);
  const [standby = 0, ...others] = [...test.groups].filter((group) => group !== serving);
  expect(others).toEqual([]);
  expect(test.proxy.state()).toMatchObject({ phase: "ready", generations: [{ pid: serving }] });
  return { test, serving, standby };
}

/** What happened since `from`, up to the next readiness. */
function untilReady(test: TestProxy, from: number): string[] {
  const names = test.names().slice(from);
  return names.slice(0, names.indexOf("proxy.ready") + 1);
}

async function crash({ test, serving, standby }: Standing): Promise<void> {
  const from = test.events.length;
  process.kill(serving, "SIGKILL");
  const isBack = () => test.names().slice(from).includes("proxy.ready");
  await until(isBack, { what: "the restart", deadlineMs: STANDBY_MS });
  expect(untilReady(test, from).filter((name) => name !== "proxy.keeper-ended")).toEqual([
    "proxy.ended",
    "proxy.restarting",
    "proxy.started",
    "proxy.ready",
  ]);
  expect(await servingPid(test)).toBe(standby);
  expect((await test.ask("/v1/chat/completions", { model: "old" })).status).toBe(200);
  expect(test.proxy.state()).toMatchObject({ phase: "ready", deaths: 1 });
}

async function reload({ test, standby }: Standing): Promise<void> {
  const from = test.events.length;
  test.proxy.serve(await test.configure([mockModel("new")]));
  await until(() => test.upstream.calls.includes("drain g1"), { what: "the switch" });
  expect(untilReady(test, from)).toEqual(["proxy.started", "proxy.ready"]);
  expect(await servingPid(test)).toBe(standby);
  // It is followed by another one.
  await until(() => test.names().slice(from).includes("proxy.imported"), {
    what: "another standby",
    deadlineMs: STANDBY_MS,
  });
  expect(test.proxy.state()).toMatchObject({ phase: "ready", deaths: 0 });
}

async function changeEnvironment({ test, standby }: Standing): Promise<void> {
  const { importEnvironment, ...rest } = await test.configure([mockModel("new")]);
  const changed = { ...importEnvironment, REQUEST_TIMEOUT: "77" };
  const environment = { ...rest.environment, REQUEST_TIMEOUT: "77" };
  test.proxy.serve({ ...rest, environment, importEnvironment: changed });
  await until(() => test.upstream.calls.includes("drain g1"), {
    what: "the switch",
    deadlineMs: STANDBY_MS,
  });
  const pid = await servingPid(test);
  expect(pid).not.toBe(standby);
  expect(readEnviron(pid)).toContain("REQUEST_TIMEOUT=77");
  await until(() => readStat(standby) === null, { what: "the standby's end" });
  expect(test.proxy.state()).toMatchObject({ phase: "ready", deaths: 0 });
}

async function killIt({ test, serving, standby }: Standing): Promise<void> {
  process.kill(standby, "SIGKILL");
  await until(() => test.names().includes("proxy.keeper-ended"), { what: "the news of it" });
  expect(await servingPid(test)).toBe(serving);
  expect((await test.ask("/v1/chat/completions", { model: "old" })).status).toBe(200);
  expect(test.proxy.state()).toMatchObject({ phase: "ready", deaths: 0, failure: null });
  expect([...test.groups]).toEqual([serving]);
}

async function stop({ test, serving, standby }: Standing): Promise<void> {
  await test.proxy.stop(AbortSignal.timeout(10_000));
  expect([serving, standby].map(readStat)).toEqual([null, null]);
  expect([...test.groups]).toEqual([]);
  expect(test.proxy.state()).toMatchObject({ phase: "stopped", deaths: 0 });
}

/** SIGKILL of the supervisor: the home's check at the end finds a standby that lives on. */
async function killSupervisor(): Promise<void> {
  const { home, python } = await prepare();
  const folder = join(home.dir, "s");
  await mkdir(folder, { mode: 0o700 });
  const settings = { general_settings: { master_key: "os.environ/SIDELITE_MASTER_KEY" } };
  const config = JSON.stringify({ model_list: [mockModel("m")], ...settings });
  const file = await home.write("config.yaml", config);
  const supervisor = startCli(home, [], {
    program: [process.execPath, fixture("proxy-supervisor.mjs"), python, folder, file],
    env: { SIDELITE_FORK: "0" },
  });
  await supervisor.waitFor(/proxy\.ready\n[^]*proxy\.imported/, STANDBY_MS);
  supervisor.signal("SIGKILL");
  expect((await supervisor.exited).signal).toBe("SIGKILL");
}

it("takes the place of a crash, serves a reload, dies unnoticed and ends with the rest", async () => {
  const each = [crash, reload, changeEnvironment, killIt, stop];
  const runs = each.map(async (act) => {
    const standing = await standBy();
    await act(standing);
    return standing.test.proxy.state().deaths;
  });
  await killSupervisor();
  expect(await Promise.all(runs)).toEqual([1, 0, 0, 0, 0]);
});
