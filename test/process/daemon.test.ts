import { readFile } from "node:fs/promises";

import { expect, it } from "vitest";

import { until } from "../fixtures/poll.ts";
import { useInstances } from "../fixtures/use-instances.ts";

it("runs detached, answers every command, and leaves nothing when it is stopped", async () => {
  const { daemon, run, status, live } = await useInstances();
  const started = await daemon("q", "wait");
  expect(started).toMatchObject({ code: 0 });
  const { pid, url, worker, proxy, files, config } = await status("q");
  expect(started.stdout).toContain(String(pid));
  expect(started.stdout).toContain(url);
  expect(proxy).toMatchObject({ phase: "ready", models: ["m"], restarts: [] });
  expect(worker).toMatchObject({ state: "running", restarts: 0, lastExit: null });
  expect(config?.origin).toBe("flags --proxy-config-file");
  expect(await readFile(files["workerLog"] ?? "", "utf8")).toContain(`LITELLM_API_BASE=${url}\n`);

  const second = await daemon("q", "wait");
  expect(second.code).toBe(6);
  expect(second.stderr).toContain(`q is already running (pid ${pid}, ${url})`);

  const exported = await run(["env", "--shell", "json"]);
  const { set } = JSON.parse(exported.stdout) as { set: Record<string, string> };
  const headers = { authorization: `Bearer ${set["OPENAI_API_KEY"]}` };
  const models = await fetch(`${set["OPENAI_BASE_URL"]}/models`, { headers });
  expect(await models.text()).toContain('"m"');

  expect(await run(["worker", "restart"])).toMatchObject({ code: 0 });
  const after = await live("q");
  expect(after.worker?.pid).not.toBe(worker?.pid);
  expect(after.proxy?.generations).toEqual(proxy?.generations);
  expect(await run(["proxy", "restart", "q"])).toMatchObject({ code: 0 });
  const renewed = await live("q");
  expect(renewed.worker?.pid).toBe(after.worker?.pid);
  expect(renewed.proxy?.generations.at(-1)?.pid).not.toBe(proxy?.generations[0]?.pid);

  const shown = await run(["worker", "status", "--env", "--json"]);
  expect(shown.stdout).toContain(`"LITELLM_API_BASE": "${url}"`);
  expect(shown.stdout).not.toContain(set["OPENAI_API_KEY"]);

  expect(await run(["worker", "stop"])).toMatchObject({ code: 0 });
  expect(await status("q")).toMatchObject({ state: "stopped", pid: null, url: null });
});

it("says why it could not start, with the same exit code as in the foreground", async () => {
  const { daemon, fake, status, run, proxied } = await useInstances();
  await fake.behave({ boot_error: "Unknown routing strategy nonsense" });
  const failed = await daemon("q", "wait");
  expect(failed.code).toBe(5);
  expect(failed.stderr).toContain("Unknown routing strategy nonsense");
  expect(await status("q")).toMatchObject({
    state: "failed",
    pid: null,
    failure: expect.stringContaining("LiteLLM failed"),
  });

  const start = ["worker", "start", "-d", "--queue-id", "r", ...proxied, "--"];
  const missing = await run([...start, "/nonexistent/worker"]);
  expect(missing.code).toBe(127);
  expect(missing.stderr).toContain("/nonexistent/worker");
  const usage = await run([
    "worker",
    "start",
    "-d",
    "--queue-id",
    "r",
    "--model",
    "nope",
    ...proxied,
  ]);
  expect(usage.code).not.toBe(0);
});

it("stays failed when LiteLLM is given up, and restart clears it", async () => {
  const { daemon, fake, run, status, live } = await useInstances();
  await fake.behave({ boots: [{}, { boot_error: "broken for good" }] });
  expect(await daemon("q", "wait")).toMatchObject({ code: 0 });
  const before = await live("q");
  process.kill(before.proxy?.generations[0]?.pid ?? 0, "SIGKILL");
  await until(
    async () => {
      const { state, worker } = await live("q");
      return state === "failed" && worker?.pid === null;
    },
    { what: "the failed state", deadlineMs: 30_000 },
  );
  const failed = await status("q");
  expect(failed).toMatchObject({ state: "failed", pid: before.pid, worker: { pid: null } });
  expect(failed.failure).toContain("LiteLLM failed");
  expect(failed.proxy?.restarts.length).toBeGreaterThan(0);

  const again = await run(["worker", "restart"]);
  expect(again.code).toBe(5);
  await fake.behave({});
  expect(await run(["worker", "restart"])).toMatchObject({ code: 0 });
  const after = await status("q");
  expect(after).toMatchObject({
    state: "running",
    pid: before.pid,
    url: before.url,
    failure: null,
  });
  expect(after.worker?.state).toBe("running");
});

it("starts a worker again that failed, and ends with one that is done", async () => {
  const { daemon, status, live, ended } = await useInstances();
  expect(await daemon("q", "wait")).toMatchObject({ code: 0 });
  const before = await live("q");
  process.kill(before.worker?.pid ?? 0, "SIGKILL");
  await until(async () => (await live("q")).worker?.restarts === 1, {
    what: "the restarted worker",
  });
  const after = await status("q");
  expect(after.worker).toMatchObject({
    state: "running",
    restarts: 1,
    lastExit: { signal: "SIGKILL" },
  });
  expect(after.proxy?.generations).toEqual(before.proxy?.generations);
  const log = after.files["workerLog"] ?? "";
  await until(async () => (await readFile(log, "utf8")).includes(`ready ${after.worker?.pid}`), {
    what: "its handlers",
  });
  process.kill(after.worker?.pid ?? 0, "SIGTERM");
  await ended("q");
  expect(await status("q")).toMatchObject({
    state: "stopped",
    worker: { lastExit: { code: 0 } },
  });
});

it("is not ended by a hangup, leaves nothing after a SIGKILL, and starts again", async () => {
  const { daemon, home, run, status, live, ended } = await useInstances();
  expect(await daemon("q", "escape")).toMatchObject({ code: 0 });
  const { pid, files } = await live("q");
  process.kill(pid ?? 0, "SIGHUP");
  await until(
    async () =>
      (await readFile(`${home.state}/workers/q/logs/sidelite.log`, "utf8")).includes("SIGHUP"),
    {
      what: "the answer to SIGHUP",
    },
  );
  expect(await status("q")).toMatchObject({ state: "running", pid });
  process.kill(pid ?? 0, "SIGKILL");
  await ended("q");
  expect(await status("q")).toMatchObject({ state: "killed" });
  const told = await run(["doctor", "--json"]);
  expect(told.stdout).toContain(`(pid ${pid}) was killed`);
  const again = await daemon("q", "wait");
  expect(again).toMatchObject({ code: 0 });
  expect(again.stderr).toContain("ended abnormally");
  expect((await live("q")).files).toEqual(files);
  expect(await run(["worker", "stop", "--force"])).toMatchObject({ code: 0 });
});

it("has one winner of parallel starts", async () => {
  const { daemon } = await useInstances();
  const results = await Promise.all([1, 2, 3, 4].map(() => daemon("q", "wait")));
  expect(results.map(({ code }) => String(code)).toSorted()).toEqual(["0", "6", "6", "6"]);
});

it("runs a proxy without a worker, and prints no key", async () => {
  const { run, status, proxied } = await useInstances();
  const started = await run(["proxy", "start", "--daemon", ...proxied]);
  expect(started).toMatchObject({ code: 0 });
  expect(started.stdout).not.toMatch(/export|sk-/);
  expect(await status("default")).toMatchObject({ state: "running", daemon: true, worker: null });
  expect((await run(["env"])).stdout).toMatch(/^export LITELLM_API_KEY='sk-/m);
  expect((await run(["worker", "list"])).stdout).toBe("");
  expect(await run(["proxy", "stop"])).toMatchObject({ code: 0 });
});
