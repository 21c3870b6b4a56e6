import { readFile } from "node:fs/promises";
import { expect, it, onTestFinished } from "vitest";

import { steerFakeLitellm } from "../fixtures/fake-litellm.ts";
import { until } from "../fixtures/poll.ts";
import { useHome } from "../fixtures/use-home.ts";
import { fakePython, mockModel } from "../proxy/support.ts";
import type { FrontedProxy } from "./fronted-rig.ts";
import { useFrontedProxy } from "./fronted-rig.ts";

/** Clients that keep LiteLLM busy until `stop`; each answer's status and the pid that gave it. */
function load(test: FrontedProxy, clients: number) {
  const answers: { readonly status: number; readonly pid: number | null }[] = [];
  let isOver = false;
  const client = async (): Promise<void> => {
    while (!isOver) {
      const answer = await test.complete({ burn_seconds: 0.02 }).catch(() => null);
      const told: { fake?: { pid: number } } = JSON.parse(answer?.body.toString() ?? "{}");
      answers.push({ status: answer?.status ?? 0, pid: told.fake?.pid ?? null });
    }
  };
  const running = Array.from({ length: clients }, client);
  return {
    answers,
    pids: () => new Set(answers.slice(-clients * 4).map(({ pid }) => pid)),
    stop: async () => {
      isOver = true;
      await Promise.all(running);
    },
  };
}

async function whenServing(test: FrontedProxy, count: number): Promise<void> {
  const what = `${count} generations`;
  await until(() => test.serving().length === count, { what, deadlineMs: 20_000 });
}

/** Whether it interrupts what runs when it is woken; else it is under SCHED_BATCH (sched(7), proc_pid_stat(5)). */
async function isFavoured(pid: number): Promise<boolean> {
  const fields = (await readFile(`/proc/${pid}/stat`, "utf8")).split(") ")[1]?.split(" ");
  return fields?.[38] === "0";
}

it("forks another under load, loses one's requests at its crash, and reloads both", async () => {
  const home = await useHome();
  await steerFakeLitellm(home.home);
  const test = await useFrontedProxy(home, "elastic", { more: { most: 2 } });
  const clients = load(test, 4);
  onTestFinished(clients.stop);
  await whenServing(test, 2);
  await until(() => clients.pids().size === 2, { what: "answers of both" });
  expect(test.proxy.state().processes).toEqual({ serving: 2, most: 2, whyOne: null });

  const [first = 0, second = 0] = test.serving();
  expect([await isFavoured(first), await isFavoured(second)]).toEqual([true, false]);
  process.kill(first, "SIGKILL");
  await until(() => test.names().includes("proxy.ended"), { what: "the news of its end" });
  await whenServing(test, 2);
  const [left = 0, third = 0] = test.serving();
  expect([left, await isFavoured(left), await isFavoured(third)]).toEqual([second, true, false]);
  const failed = clients.answers.filter(({ status }) => status !== 200);
  expect(failed.length).toBeLessThanOrEqual(4);
  expect(failed.every(({ status }) => status === 503)).toBe(true);
  expect(test.proxy.state()).toMatchObject({ phase: "ready", deaths: 1 });

  const before = test.serving();
  test.proxy.serve(await test.configure([mockModel("m")], { most: 2 }));
  const isReplaced = () => !test.serving().some((pid) => before.includes(pid));
  await until(isReplaced, { what: "the switch", deadlineMs: 20_000 });
  await whenServing(test, 2);
  await until(() => test.proxy.state().generations.length === 2, { what: "the old ones' end" });
  await clients.stop();
  expect(clients.answers.filter(({ status }) => status !== 200)).toHaveLength(failed.length);
  expect(test.proxy.state().deaths).toBe(1);
});

it("replaces a generation that has grown too large, and stays with one where one is all", async () => {
  const home = await useHome();
  await steerFakeLitellm(home.home);
  const python = await fakePython(home);
  const more = { most: 1, whyOne: "a reason", recycleAtMb: 300 };
  const test = await useFrontedProxy(home, "large", { python, more });
  const clients = load(test, 3);
  onTestFinished(clients.stop);
  const [first = 0] = test.serving();
  expect((await test.complete({ grow_mb: 300 })).status).toBe(200);
  const isReplaced = () => test.serving().some((pid) => pid !== first);
  await until(isReplaced, { what: "a fresh generation", deadlineMs: 20_000 });
  await clients.stop();
  expect(clients.answers.every(({ status }) => status === 200)).toBe(true);
  const recycling = test.events.find(({ name }) => name === "proxy.recycling");
  expect(Number(recycling?.fields?.["mb"])).toBeGreaterThanOrEqual(300);
  expect(test.names()).not.toContain("proxy.growing");
  expect(test.proxy.state()).toMatchObject({
    recycled: 1,
    deaths: 0,
    processes: { serving: 1, most: 1, whyOne: "a reason" },
  });
});
