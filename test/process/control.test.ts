import { readFile, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";

import { expect, it } from "vitest";

import { until } from "../fixtures/poll.ts";
import { runInShell } from "../fixtures/run-in-shell.ts";
import { useInstances } from "../fixtures/use-instances.ts";
import { workerCommand } from "../fixtures/worker.ts";

it("has exit codes for an empty home", async () => {
  const { run } = await useInstances();
  const codes = async (...lines: string[]) =>
    Promise.all(lines.map(async (line) => (await run(line.split(" "))).code));
  expect(
    await codes(
      "worker status",
      "proxy status",
      "env",
      "worker logs -f",
      "worker restart",
      "proxy reload",
    ),
  ).toEqual([1, 1, 1, 1, 1, 1]);
  expect(await codes("worker stop", "proxy stop --all", "worker list", "env --unset")).toEqual([
    0, 0, 0, 0,
  ]);
  expect(await codes("worker status none", "worker stop none", "worker status ../x")).toEqual([
    1, 1, 2,
  ]);
  expect(
    await codes("worker stop q --all", "worker status a --name b", "env --shell tcsh"),
  ).toEqual([2, 2, 2]);
});

it("sees foreground instances, asks for a name where there are several, and keeps the groups apart", async () => {
  const { run, start, proxied, status, live } = await useInstances();
  const proxy = start(["proxy", "start", "--name", "p", ...proxied]);
  await proxy.waitFor(/export LITELLM_API_BASE='(\S+)'/);
  const worker = start([
    "worker",
    "start",
    "--queue-id",
    "q",
    ...proxied,
    "--",
    ...workerCommand("wait"),
  ]);
  await worker.waitFor(/ready \d+/);
  await until(async () => (await live("q")).state === "running", { what: "both to be ready" });
  expect(await status("q")).toMatchObject({ state: "running", pid: worker.pid, daemon: false });
  expect(await status("p")).toMatchObject({ state: "running", pid: proxy.pid, worker: null });

  const several = await run(["env"]);
  expect(several).toMatchObject({ code: 2, stdout: "" });
  expect(several.stderr).toMatch(/several instances run:\s+p\s+q/);
  const near = await run(["worker", "status", "qq"]);
  expect(near.stderr).toContain("did you mean q?");
  expect((await run(["worker", "list"])).stdout).toMatch(/^q +running +\d+ +http/m);
  expect((await run(["proxy", "list", "--json"])).stdout).not.toContain('"name": "q"');
  expect((await run(["proxy", "stop", "q"])).code).toBe(2);

  const both = await Promise.all([run(["worker", "stop"]), run(["worker", "stop", "q"])]);
  expect(both.map(({ code }) => code)).toEqual([0, 0]);
  expect(await worker.exited).toEqual({ code: 0, signal: null });
  expect(await run(["proxy", "stop", "--all"])).toMatchObject({ code: 0 });
  expect(await proxy.exited).toEqual({ code: 0, signal: null });
});

it("makes a shell's clients work, whatever the shell quotes", async () => {
  const { home, run, start, proxied } = await useInstances();
  const proxy = start(["proxy", "start", ...proxied]);
  await proxy.waitFor(/export OPENAI_BASE_URL/);
  const ask = 'curl -s "$OPENAI_BASE_URL/models" -H "Authorization: Bearer $OPENAI_API_KEY"';
  const { stdout } = await runInShell(home, `eval "$(cat exports)"; ${ask}`, {
    exports: (await run(["env"])).stdout,
  });
  expect(stdout).toMatch(/"id": ?"m"/);
  const unset = await run(["env", "--unset"]);
  const gone = await runInShell(home, `eval "$(cat exports)"; eval "$(cat unset)"; env`, {
    exports: (await run(["env"])).stdout,
    unset: unset.stdout,
  });
  expect(gone.stdout).not.toMatch(/^(LITELLM|OPENAI|ANTHROPIC)_/m);
  await proxy.stop();
});

it("finds a daemon whose record was removed, and never takes another process for a dead one", async () => {
  const { home, daemon, run, status, live } = await useInstances();
  expect(await daemon("q", "wait")).toMatchObject({ code: 0 });
  const { pid } = await live("q");
  const path = join(home.state, "workers/q/instance.json");
  const record = await readFile(path, "utf8");
  await rm(path);
  expect(await status("q")).toMatchObject({ state: "running", pid });

  const foreign = JSON.parse(record) as Record<string, unknown>;
  await writeFile(path, JSON.stringify({ ...foreign, pid: process.pid }), { mode: 0o600 });
  expect(await status("q")).toMatchObject({ state: "killed", pid: null });
  expect(await run(["worker", "stop", "q", "--force"])).toMatchObject({ code: 0 });
  await writeFile(path, JSON.stringify({ ...foreign, bootId: "another boot" }), { mode: 0o600 });
  expect(await status("q")).toMatchObject({ state: "killed" });
  await writeFile(path, record, { mode: 0o600 });
  expect(await status("q")).toMatchObject({ state: "running", pid });
});

it("answers what it does not understand, and goes on", async () => {
  const { home, daemon, live } = await useInstances();
  expect(await daemon("q", "wait")).toMatchObject({ code: 0 });
  const record = JSON.parse(
    await readFile(join(home.state, "workers/q/instance.json"), "utf8"),
  ) as {
    socketDir: string;
  };
  const say = async (text: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = connect(join(record.socketDir, "control"), () => socket.write(text));
      socket.once("data", (data) => {
        socket.destroy();
        resolve(data.toString());
      });
      socket.once("error", reject);
      socket.once("close", () => resolve(""));
    });
  for (const line of [
    "{}",
    "nonsense",
    '{"schemaVersion":2,"order":"stop"}',
    '{"schemaVersion":1,"order":"rm"}',
  ]) {
    expect(JSON.parse(await say(`${line}\n`))).toMatchObject({ ok: false, exit: "usage" });
  }
  expect(await say("x".repeat(100_000))).toBe("");
  expect(await live("q")).toMatchObject({ state: "running" });
});

it("shows logs from the end, by level and time, and follows them until the instance ends", async () => {
  const { daemon, run, start, live } = await useInstances();
  expect(await daemon("q", "wait")).toMatchObject({ code: 0 });
  const log = (await live("q")).files["workerLog"] ?? "";
  await until(async () => (await readFile(log, "utf8")).includes("ready"), {
    what: "the worker's first words",
  });
  const all = await run(["worker", "logs"]);
  expect(all.stdout).toMatch(/sidelite starts the worker.*\nready \d+\n/);
  expect((await run(["worker", "logs", "-n", "1"])).stdout).toMatch(/^ready \d+\n$/);
  expect((await run(["worker", "logs", "--since", "2999-01-01T00:00:00Z"])).stdout).toBe("");
  expect((await run(["proxy", "logs", "q", "--since", "1h"])).stdout).toContain(
    "event proxy.ready",
  );
  expect((await run(["worker", "logs", "--level", "loud"])).code).toBe(2);
  const following = start(["worker", "logs", "--follow"]);
  await following.waitFor(/ready \d+/);
  expect(await run(["worker", "stop"])).toMatchObject({ code: 0 });
  const followed = await following.finished;
  expect(followed.code).toBe(0);
  expect(followed.stdout).toContain("got SIGTERM");
  expect((await run(["worker", "logs"])).stdout).toContain("got SIGTERM");
});
