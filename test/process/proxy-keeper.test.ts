import { existsSync, readdirSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";

import { describe, expect, it } from "vitest";

import type { Behaviour } from "../fixtures/fake-litellm.ts";
import { steerFakeLitellm } from "../fixtures/fake-litellm.ts";
import { until } from "../fixtures/poll.ts";
import { readEnviron, readStat } from "../fixtures/proc.ts";
import { useHome } from "../fixtures/use-home.ts";
import { KEY, startRawKeeper } from "../proxy/raw-keeper.ts";
import { fakePython } from "../proxy/support.ts";

async function setUp(behaviour: Behaviour = {}) {
  const home = await useHome();
  const fake = await steerFakeLitellm(home.home);
  await fake.behave(behaviour);
  const keeper = await startRawKeeper(home, await fakePython(home));
  expect(await keeper.next("hello")).toMatchObject({
    protocol: 1,
    pid: keeper.child.pid,
    fork: true,
  });
  expect(await keeper.next("imported")).toMatchObject({ threads: 1, sockets: 0 });
  const boot = async (generation: number) => {
    const order = await keeper.start(generation);
    keeper.write(order);
    const { pid } = await keeper.next("started");
    await until(() => existsSync(order.socket), { what: "the socket" });
    return { pid, socket: order.socket };
  };
  return { home, fake, keeper, boot };
}

async function ask(socketPath: string, body: object): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${KEY}` };
    const options = { socketPath, path: "/v1/chat/completions", method: "POST", headers };
    request(options, (response) => void text(response).then(resolve, reject))
      .on("error", reject)
      .end(JSON.stringify(body));
  });
}

describe("a start order", () => {
  it("forks a process of its own group, whose environment only it can see", async () => {
    const { keeper, boot } = await setUp();
    const { pid, socket } = await boot(1);
    expect(readStat(pid)).toMatchObject({ parent: keeper.child.pid, group: pid });
    const answer = await ask(socket, { model: "m", fake: { environ: ["THE_KEY"] } });
    expect(JSON.parse(answer)).toMatchObject({ fake: { pid, environ: { THE_KEY: KEY } } });
    for (const one of [pid, keeper.child.pid]) {
      expect(readEnviron(one)?.join("\n")).not.toContain(KEY);
    }
  });

  it("is refused with the reason", async () => {
    const { home, keeper, boot } = await setUp();
    await boot(1);
    const long = join(home.runDir, "x".repeat(104));
    const nowhere = join(home.runDir, "nowhere");
    const table: [object | string, object][] = [
      [await keeper.start(1), { generation: 1, reason: "duplicate" }],
      [await keeper.start(2, { socket: long }), { generation: 2, reason: "socket-path" }],
      [await keeper.start(3, { log: nowhere }), { reason: "log-connect", errno: 2 }],
      [{ order: "dance" }, { generation: null, reason: "bad-order" }],
      [
        { order: "start", generation: 9 },
        { generation: 9, reason: "bad-order" },
      ],
      [
        { order: "signal", generation: 1, signal: "NONE" },
        { generation: 1, reason: "bad-order" },
      ],
      ["{nonsense\n", { generation: null, reason: "bad-order" }],
      ["[1]\n", { generation: null, reason: "bad-order" }],
    ];
    for (const [order, refusal] of table) {
      keeper.write(order);
      expect(await keeper.next("refused")).toMatchObject(refusal);
    }
  });

  it("that cannot be carried out in the child ends with 3 and a traceback in the log", async () => {
    const { keeper } = await setUp();
    keeper.write(await keeper.start(1, { cwd: "/nonexistent" }));
    expect(await keeper.next("exited")).toMatchObject({ generation: 1, code: 3, asked: false });
    await until(() => keeper.output().includes("FileNotFoundError"), { what: "the traceback" });
  });

  it("may come in pieces, and several at once", async () => {
    const { keeper } = await setUp();
    const line = `${JSON.stringify(await keeper.start(1))}\n`;
    keeper.write(line.slice(0, 100));
    keeper.write(line.slice(100));
    expect((await keeper.next("started")).generation).toBe(1);
    const [two, three] = [await keeper.start(2), await keeper.start(3)];
    keeper.write(`${JSON.stringify(two)}\n${JSON.stringify(three)}\n`);
    expect((await keeper.next("started")).generation).toBe(2);
    expect((await keeper.next("started")).generation).toBe(3);
  });
});

describe("an end", () => {
  it("of a generation is told with its signal and memory; its socket goes", async () => {
    const { keeper, boot } = await setUp();
    const first = await boot(1);
    keeper.write({ order: "signal", generation: 1, signal: "TERM" });
    const ended = await keeper.next("exited");
    expect(ended).toMatchObject({ generation: 1, signal: "SIGTERM", asked: true });
    expect(ended.max_rss_kb).toBeGreaterThan(1_000);
    expect(existsSync(first.socket)).toBe(false);
    const second = await boot(2);
    process.kill(second.pid, "SIGKILL");
    expect(await keeper.next("exited")).toMatchObject({ signal: "SIGKILL", asked: false });
  });

  it("of the keeper comes by quit: TERM to all, no start any more, 0 with the last", async () => {
    const { keeper, boot } = await setUp({ ignore_term: true });
    await boot(1);
    keeper.write({ order: "quit" });
    keeper.write(await keeper.start(2));
    expect(await keeper.next("refused")).toMatchObject({ generation: 2, reason: "closing" });
    expect(keeper.child.status()).toBeNull();
    keeper.write({ order: "signal", generation: 1, signal: "KILL" });
    expect(await keeper.next("exited")).toMatchObject({ generation: 1, asked: true });
    expect(await keeper.exited).toEqual({ code: 0, signal: null });
  });

  it("of the keeper does not come by TERM, INT or HUP", async () => {
    const { keeper, boot } = await setUp();
    for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) keeper.child.kill(signal);
    await boot(1);
    expect(keeper.child.status()).toBeNull();
  });

  it("of the control socket kills everything", async () => {
    const { home, keeper, boot } = await setUp({ ignore_term: true });
    const pids = [(await boot(1)).pid, (await boot(2)).pid];
    keeper.hangUp();
    expect(await keeper.exited).toEqual({ code: 0, signal: null });
    for (const pid of pids) expect(readStat(pid)).toBeNull();
    expect(readdirSync(home.runDir)).toEqual(["log"]);
  });

  it("of the lifeline kills a generation whose keeper cannot", async () => {
    const { keeper, boot } = await setUp();
    const { pid } = await boot(1);
    keeper.child.kill("SIGSTOP");
    keeper.child.stdio[4]?.destroy();
    await until(() => readStat(pid)?.state === "Z", { what: "the generation's end" });
    keeper.child.kill("SIGCONT");
    expect(await keeper.next("exited")).toMatchObject({ signal: "SIGKILL", asked: false });
  });
});
