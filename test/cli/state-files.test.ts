import { lstat, mkdir, readdir, readFile, rename, rm, symlink, unlink } from "node:fs/promises";
import { join, relative } from "node:path";

import { expect, it } from "vitest";

import type { CliResult } from "../fixtures/cli.ts";
import { PROGRAM, runCli } from "../fixtures/cli.ts";
import type { TestHome } from "../fixtures/home.ts";
import { useHome } from "../fixtures/use-home.ts";
import { workerCommand } from "../fixtures/worker.ts";

const CONFIG = `model_list:
  - model_name: m
    litellm_params: {model: openai/m, api_key: none, mock_response: pong}
`;

/** The worker only waits for the gateway: nothing here needs a LiteLLM that is ready. */
function start(home: TestHome, umask = "022"): Promise<CliResult> {
  const program = ["sh", "-c", `umask ${umask}; exec "$@"`, "sh", process.execPath, PROGRAM];
  const flags = ["--queue-id", "q", "--proxy-config-file", "c.yaml", "--no-wait"];
  const args = ["worker", "start", ...flags, "--", ...workerCommand("exit", "0")];
  return runCli(home, args, { program });
}

async function entriesOf(home: TestHome): Promise<string[]> {
  const names = await readdir(home.state, { recursive: true });
  return [home.state, ...names.toSorted().map((name) => join(home.state, name))];
}

it.each(["000", "077"])("all that a run leaves is private under umask %s", async (umask) => {
  const home = await useHome();
  await home.write("c.yaml", CONFIG);
  expect(await start(home, umask)).toMatchObject({ code: 0 });
  const modes: string[] = [];
  for (const path of await entriesOf(home)) {
    const info = await lstat(path);
    if (info.isSymbolicLink()) continue;
    const expected = info.isDirectory() ? 0o700 : 0o600;
    const mode = info.mode & 0o777;
    if (mode !== expected) modes.push(`${mode.toString(8)} ${relative(home.state, path)}`);
  }
  expect(modes).toEqual([]);
  const names = (await entriesOf(home)).map((path) => relative(home.state, path));
  for (const name of ["litellm_proxy.log", "logs/worker.log", "lock"]) {
    expect(names).toContain(`workers/q/${name}`);
  }
  expect(names.join("\n")).toMatch(/^workers\/q\/configs\/[0-9a-f]{16}\.yaml$/m);
  // Nothing was in force: no LiteLLM came up in this short time.
  expect(names).not.toContain("workers/q/litellm_config.yaml");
});

it("writes through no link that was planted where it works", async () => {
  const home = await useHome();
  await home.write("c.yaml", CONFIG);
  expect(await start(home)).toMatchObject({ code: 0 });
  const victims = join(home.dir, "victims");
  await mkdir(victims, { mode: 0o700 });
  const victim = await home.write(join(victims, "file"), "precious");
  const followed: string[] = [];
  for (const path of await entriesOf(home)) {
    const info = await lstat(path).catch(() => null);
    if (info === null || info.isSymbolicLink()) continue;
    const name = relative(home.state, path) || ".";
    const kept = join(home.dir, "kept");
    await rename(path, kept);
    const folder = join(victims, "folder");
    if (info.isDirectory()) await mkdir(folder, { mode: 0o755, recursive: true });
    await symlink(info.isDirectory() ? folder : victim, path);
    const { code, stderr } = await start(home);
    const isRefused = (code === 7 || code === 8) && stderr.includes(path);
    // A file that is replaced as a whole takes the link's place.
    const isReplaced = code === 0 && !(await lstat(path)).isSymbolicLink();
    if (!isRefused && !isReplaced) followed.push(`${name}: code ${code}\n${stderr}`);
    if (info.isDirectory() && (await readdir(folder)).length > 0) followed.push(`${name}: filled`);
    if ((await readFile(victim, "utf8")) !== "precious") followed.push(`${name}: overwritten`);
    if (isReplaced) await rm(kept, { recursive: true });
    else {
      await unlink(path);
      await rename(kept, path);
    }
  }
  expect(followed).toEqual([]);
});

it("puts its sockets behind no link that was planted for their folder", async () => {
  const home = await useHome();
  await home.write("c.yaml", CONFIG);
  const victims = join(home.dir, "victims");
  await mkdir(victims, { mode: 0o700 });
  await symlink(victims, join(home.runDir, "sidelite"));
  const { code, stderr } = await start(home);
  expect({ code, stderr }).toMatchObject({ code: 0 });
  expect(await readdir(victims)).toEqual([]);
  // The next place of the list was good.
  expect(await readdir(home.tmp)).toEqual([`sidelite-${process.geteuid?.()}`]);
  await unlink(join(home.runDir, "sidelite"));
});
