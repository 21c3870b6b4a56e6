import { chmod, chown, mkdir, readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";

import { expect, it } from "vitest";

import type { CliResult } from "../fixtures/cli.ts";
import { PROGRAM, runCli } from "../fixtures/cli.ts";
import type { TestHome } from "../fixtures/home.ts";
import { useHome } from "../fixtures/use-home.ts";
import { workerCommand } from "../fixtures/worker.ts";
import type { OtherUser } from "./fixtures/other-user.ts";
import { makeOtherUser, otherUser } from "./fixtures/other-user.ts";

const CONFIG = JSON.stringify({
  model_list: [{ model_name: "m", litellm_params: { model: "openai/m", mock_response: "pong" } }],
});

/** Root may read and write everything: these faults show to another user only. */
async function setUp(): Promise<{
  home: TestHome;
  user: OtherUser;
  run: (...args: string[]) => Promise<CliResult>;
}> {
  const home = await useHome();
  await home.write("litellm.yaml", CONFIG);
  const user = await makeOtherUser(home);
  const program = [...user.prefix, process.execPath, PROGRAM];
  return { home, user, run: (...args) => runCli(home, args, { program }) };
}

const start = (...flags: string[]) =>
  ["worker", "start", "--queue-id", "q", ...flags, "--"].concat(workerCommand("exit", "3"));

it("works for a uid without a name; its state is private to it", async () => {
  const { home, user, run } = await setUp();
  expect(await run("validate", "litellm.yaml")).toMatchObject({ code: 0 });
  expect(await run(...start())).toMatchObject({ code: 3 });
  const entries = await readdir(home.state, { recursive: true, withFileTypes: true });
  expect(entries.length).toBeGreaterThan(0);
  for (const entry of entries) {
    const found = await stat(join(entry.parentPath, entry.name));
    expect({ name: entry.name, uid: found.uid, shared: found.mode & 0o077 }).toEqual({
      name: entry.name,
      uid: user.uid,
      shared: 0,
    });
  }
});

it("says which file it may not read: exit 7", async () => {
  const { home, run } = await setUp();
  const file = join(home.cwd, "litellm.yaml");
  await chmod(file, 0o000);
  expect(await run(...start("--proxy-config-file", "litellm.yaml"))).toMatchObject({
    code: 7,
    stderr: expect.stringContaining(file),
  });
});

it("refuses a configuration of a third user: exit 8", async () => {
  const { home, run } = await setUp();
  const file = join(home.cwd, "litellm.yaml");
  await chown(file, 29_999, 29_999);
  await chmod(file, 0o644);
  expect(await run(...start("--proxy-config-file", "litellm.yaml"))).toMatchObject({
    code: 8,
    stderr: expect.stringContaining(file),
  });
});

it("names SIDELITE_HOME when it may not write its home: exit 7", async () => {
  const { home, run } = await setUp();
  await chown(home.home, 0, 0);
  await chmod(home.home, 0o755);
  expect(await run(...start())).toMatchObject({
    code: 7,
    stderr: expect.stringContaining("SIDELITE_HOME"),
  });
});

it("refuses state that another user owns: exit 8", async () => {
  const { home, run } = await setUp();
  await mkdir(home.state);
  await chmod(home.state, 0o777);
  await chown(home.state, 29_999, 29_999);
  expect(await run(...start())).toMatchObject({
    code: 8,
    stderr: expect.stringContaining(home.state),
  });
});

it("leaves nothing of root's in another user's home (`sudo` that keeps HOME): exit 8 (S34)", async () => {
  const { home } = await setUp();
  expect(await runCli(home, start())).toMatchObject({
    code: 8,
    stderr: expect.stringContaining(home.home),
  });
  expect(await readdir(home.home)).toEqual([]);
});

it("lets no other user near its sockets (S12, S31)", async () => {
  const { home, run } = await setUp();
  const args = ["worker", "start", "-d", "--queue-id", "q", "--", ...workerCommand("wait")];
  expect(await run(...args)).toMatchObject({ code: 0 });
  home.onStop(async () => void (await run("worker", "stop", "q", "--force")));
  const record = join(home.state, "workers/q/instance.json");
  const { socketDir } = JSON.parse(await readFile(record, "utf8")) as { socketDir: string };
  // As if every folder above were open to all.
  for (const folder of [home.dir, home.runDir, join(home.runDir, "sidelite")]) {
    await chmod(folder, 0o755);
  }
  const socket = join(socketDir, "control");
  expect(Buffer.byteLength(socket)).toBeLessThanOrEqual(103);
  const stranger = otherUser();
  const connect = `require("net").connect(${JSON.stringify(socket)}).on("error", (e) => console.log(e.code))`;
  const program = [...stranger.prefix, process.execPath, "-e", connect];
  expect((await runCli(home, [], { program })).stdout).toBe("EACCES\n");
});
